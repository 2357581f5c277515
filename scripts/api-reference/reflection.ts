/** What the pages use of TypeDoc's JSON. */
export interface Reflection {
  readonly id: number;
  readonly name: string;
  readonly kind: number;
  readonly flags: { readonly isOptional?: true; readonly isRest?: true; readonly isStatic?: true };
  readonly comment?: Comment;
  readonly children?: readonly Reflection[];
  readonly sources?: readonly { readonly fileName: string }[];
  readonly type?: Type;
  readonly typeParameters?: readonly Reflection[];
  readonly signatures?: readonly Reflection[];
  readonly getSignature?: Reflection;
  readonly indexSignatures?: readonly Reflection[];
  readonly parameters?: readonly Reflection[];
  readonly extendedTypes?: readonly Type[];
  readonly defaultValue?: string;
  readonly inheritedFrom?: object;
}

/** TypeDoc's `ReflectionKind`, as far as an export can be one. */
export const kinds = {
  module: 2,
  variable: 32,
  function: 64,
  class: 128,
  interface: 256,
  constructor: 512,
  property: 1024,
  method: 2048,
  accessor: 262_144,
  alias: 2_097_152,
  reference: 4_194_304,
} as const;

export interface Comment {
  readonly summary: readonly CommentPart[];
  readonly blockTags?: readonly {
    readonly tag: string;
    readonly name?: string;
    readonly content: readonly CommentPart[];
  }[];
}

export interface CommentPart {
  readonly text: string;
}

export type Type =
  | { readonly type: 'intrinsic' | 'unknown'; readonly name: string }
  | { readonly type: 'literal'; readonly value: string | number | boolean | null }
  | {
      readonly type: 'reference';
      readonly name: string;
      readonly target?: number | object;
      readonly typeArguments?: readonly Type[];
    }
  | { readonly type: 'array' | 'optional' | 'rest'; readonly elementType: Type }
  | { readonly type: 'tuple'; readonly elements: readonly Type[] }
  | { readonly type: 'namedTupleMember'; readonly name: string; readonly element: Type; readonly isOptional: boolean }
  | { readonly type: 'union' | 'intersection'; readonly types: readonly Type[] }
  | { readonly type: 'typeOperator'; readonly operator: string; readonly target: Type }
  | { readonly type: 'query'; readonly queryType: Type }
  | { readonly type: 'indexedAccess'; readonly objectType: Type; readonly indexType: Type }
  | {
      readonly type: 'templateLiteral';
      readonly head: string;
      readonly tail: readonly (readonly [inner: Type, after: string])[];
    }
  | { readonly type: 'reflection'; readonly declaration: Reflection }
  | { readonly type: 'predicate'; readonly name: string; readonly targetType?: Type };
