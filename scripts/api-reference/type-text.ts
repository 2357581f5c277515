import type { Reflection, Type } from './reflection.ts';

/** What a type may name: everything of the package, by TypeDoc's id. */
export type Known = ReadonlyMap<number, Reflection>;

/** Marks the name of a type that has a place on a page. */
const marked = /⟦([^⟧]*)⟧/g;

/**
 * A type as TypeScript writes it. Those that are derived from a constant (`typeof phases[number]`, `keyof typeof limits`) are spelt out.
 * @param link the address of the place of a name on a page
 * @returns Markdown
 */
export function typeMarkdown(type: Type, known: Known, link: (name: string) => string | undefined): string {
  const parts = typeText(type, known).split(marked);
  return parts.map((part, index) => (index % 2 === 0 ? code(part) : linked(part, link))).join('');
}

/** The same without Markdown. */
export const plainType = (type: Type, known: Known): string => typeText(type, known).replaceAll(marked, '$1');

/** `(name: type, …): type`, without Markdown. */
export const signatureText = (signature: Reflection, known: Known): string =>
  signatureOf(signature, known, ': ').replaceAll(marked, '$1');

/** `(name: type, …)`, without Markdown. */
export const parametersText = (signature: Reflection, known: Known): string =>
  parametersOf(signature, known).replaceAll(marked, '$1');

const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

function linked(name: string, link: (name: string) => string | undefined): string {
  const target = link(name);
  return target === undefined ? code(name) : `[${code(name)}](${target})`;
}

function typeText(type: Type, known: Known): string {
  const text = (inner: Type) => typeText(inner, known);
  const member = (inner: Type) =>
    inner.type === 'union' || inner.type === 'intersection' || isFunction(inner) || inner.type === 'typeOperator'
      ? `(${text(inner)})`
      : text(inner);
  const spelt = speltOut(type, known);
  if (spelt) return spelt.join(' | ');
  switch (type.type) {
    case 'intrinsic':
    case 'unknown':
      return type.name;
    case 'literal':
      return typeof type.value === 'string' ? `'${type.value}'` : String(type.value);
    case 'reference': {
      const name = typeof type.target === 'number' && known.has(type.target) ? `⟦${type.name}⟧` : type.name;
      return type.typeArguments?.length ? `${name}<${type.typeArguments.map(text).join(', ')}>` : name;
    }
    case 'array':
      return `${member(type.elementType)}[]`;
    case 'optional':
      return `${text(type.elementType)}?`;
    case 'rest':
      return `...${text(type.elementType)}`;
    case 'tuple':
      return `[${type.elements.map(text).join(', ')}]`;
    case 'namedTupleMember':
      return `${type.name}${type.isOptional ? '?' : ''}: ${text(type.element)}`;
    case 'union':
      return type.types.map((inner) => (isFunction(inner) ? member(inner) : text(inner))).join(' | ');
    case 'intersection':
      return type.types.map((inner) => (inner.type === 'union' ? member(inner) : text(inner))).join(' & ');
    case 'typeOperator':
      return `${type.operator} ${text(type.target)}`;
    case 'query':
      return `typeof ${text(type.queryType)}`;
    case 'indexedAccess':
      return `${text(type.objectType)}[${text(type.indexType)}]`;
    case 'predicate':
      return type.targetType ? `${type.name} is ${text(type.targetType)}` : 'boolean';
    case 'templateLiteral':
      return `\`${type.head}${type.tail.map(([inner, after]) => `\${${text(inner)}}${after}`).join('')}\``;
    case 'reflection':
      return objectText(type.declaration, known);
    default:
      throw new Error(`no text for a type of the kind '${(type as { type: string }).type}'; add it to type-text.ts`);
  }
}

const isFunction = (type: Type): boolean => type.type === 'reflection' && type.declaration.signatures !== undefined;

function objectText({ signatures, children = [], indexSignatures = [] }: Reflection, known: Known): string {
  if (signatures) return signatureOf(signatures[0]!, known, ' => ');
  const members = children.map(
    ({ name, flags, type, signatures: [method] = [] }) =>
      `${name}${flags.isOptional ? '?' : ''}${method ? signatureOf(method, known, ': ') : `: ${typeText(type!, known)}`}`,
  );
  const indexes = indexSignatures.map(
    ({ parameters = [], type }) =>
      `[${parameters[0]!.name}: ${typeText(parameters[0]!.type!, known)}]: ${typeText(type!, known)}`,
  );
  return members.length + indexes.length === 0 ? '{}' : `{ ${[...indexes, ...members].join('; ')} }`;
}

function signatureOf(signature: Reflection, known: Known, arrow: string): string {
  return `${parametersOf(signature, known)}${arrow}${typeText(signature.type!, known)}`;
}

function parametersOf({ parameters = [], typeParameters = [] }: Reflection, known: Known): string {
  const generic = typeParameters.map(({ name, type: bound }) =>
    bound ? `${name} extends ${typeText(bound, known)}` : name,
  );
  const list = parameters.map(({ name, flags, type, defaultValue }) => {
    const optional = flags.isOptional || defaultValue !== undefined ? '?' : '';
    // What is taken apart in the parameter list has no name.
    const named = name === '__namedParameters' ? 'options' : name;
    return `${flags.isRest ? '...' : ''}${named}${optional}: ${typeText(type!, known)}`;
  });
  return `${generic.length > 0 ? `<${generic.join(', ')}>` : ''}(${list.join(', ')})`;
}

/** The literals of `keyof typeof constant` and `(typeof constant)[number]`. */
function speltOut(type: Type, known: Known): string[] | undefined {
  if (type.type === 'typeOperator' && type.operator === 'keyof') {
    const object = constantOf(type.target, known);
    return object?.type === 'reflection' ? object.declaration.children?.map(({ name }) => `'${name}'`) : undefined;
  }
  if (type.type !== 'indexedAccess') return undefined;
  const list = constantOf(type.objectType, known);
  const tuple = list?.type === 'typeOperator' ? list.target : list;
  return tuple?.type === 'tuple' ? tuple.elements.map((element) => typeText(element, known)) : undefined;
}

function constantOf(type: Type, known: Known): Type | undefined {
  if (type.type !== 'query' || type.queryType.type !== 'reference') return undefined;
  const { target } = type.queryType;
  return typeof target === 'number' ? known.get(target)?.type : undefined;
}
