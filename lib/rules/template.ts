/** A synthesized template, as far as the rules look into it. */
export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a template is plain JSON from anybody's app; the rules take nothing for granted
export type Properties = Readonly<Record<string, any>>;

export interface Found {
  readonly id: string;
  readonly resource: Resource;
  readonly properties: Properties;
}

/** The resources of a type, with the ids by which the template knows them. */
export const resourcesOf = (template: Template, type: string): Found[] =>
  Object.entries(template.Resources ?? {})
    .filter(([, { Type }]) => Type === type)
    .map(([id, resource]) => ({ id, resource, properties: resource.Properties ?? {} }));

export const list = <T>(value: T | readonly T[] | undefined): T[] =>
  value === undefined ? [] : ([value].flat() as T[]);

/** Logical ids that a value refers to by Ref, Fn::GetAtt or Fn::Sub. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt') return [String(list(inner)[0]).split('.')[0]!];
    if (key === 'Fn::Sub') return substituted(inner);
    return referencesIn(inner);
  });
}

const substituted = (value: unknown): string[] => [
  ...[...String(list(value)[0]).matchAll(/\$\{([^!.}]+)[^}]*\}/g)].map(([, name]) => name!),
  ...referencesIn(list(value)[1]),
];

/** A value as one text: literals as they are, a reference to a resource as `${id}`. */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  if (Array.isArray(value)) return value.map(textOf).join('');
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Fn::Join')
    return list((argument as unknown[])[1])
      .map(textOf)
      .join(textOf((argument as unknown[])[0]));
  if (name === 'Fn::Sub') return String(list(argument)[0]);
  if (name === 'Ref') return `\${${argument}}`;
  if (name === 'Fn::GetAtt') return `\${${list(argument).join('.')}}`;
  return JSON.stringify(value);
}

/** Whether CloudFormation leaves the resource be when the stack, or the resource in it, goes. */
export const isRetained = ({ DeletionPolicy, UpdateReplacePolicy }: Resource): boolean =>
  /^Retain(ExceptOnCreate)?$/.test(DeletionPolicy ?? '') && UpdateReplacePolicy === 'Retain';
