import { cell, parametersOf, summaryOf, tagOf } from './comment-text.ts';
import { kinds, type Reflection, type Type } from './reflection.ts';
import { type Known, parametersText, plainType, signatureText, typeMarkdown } from './type-text.ts';

/** What a section needs to know of all the others. */
export interface Names {
  readonly known: Known;
  /** The address of a name's section, seen from the page. */
  link(name: string): string | undefined;
}

/** The section of one name: a type, a value, or both under one name. */
export function section(name: string, both: readonly Reflection[], names: Names, exported: boolean): string {
  const note = exported ? [] : ['Not exported: it names what others take or give.'];
  return [`## ${name}`, ...note, ...both.flatMap((reflection) => bodyOf(reflection, names))]
    .filter(Boolean)
    .join('\n\n');
}

function bodyOf(reflection: Reflection, names: Names): string[] {
  const summary = summaryOf(reflection);
  switch (reflection.kind) {
    case kinds.class:
      return [summary, ...classBody(reflection, names)];
    case kinds.function:
      return reflection.signatures!.flatMap((signature) => callable(reflection.name, signature, names));
    case kinds.interface:
      return [summary, ...bases(reflection, names), ...members(reflection.children ?? [], names)];
    case kinds.variable:
      return [summary, ...constantBody(reflection, names)];
    default:
      return [summary, ...aliasBody(reflection, names)];
  }
}

function classBody(reflection: Reflection, names: Names): string[] {
  const children = (reflection.children ?? []).filter(({ inheritedFrom }) => !inheritedFrom);
  const made = children.find(({ kind }) => kind === kinds.constructor)?.signatures ?? [];
  const calls = made.map((signature) => fence(`new ${reflection.name}${parametersText(signature, names.known)}`));
  return [...bases(reflection, names), ...calls, ...members(children, names)];
}

function bases({ extendedTypes = [] }: Reflection, { known, link }: Names): string[] {
  return extendedTypes.length === 0
    ? []
    : [`Extends ${extendedTypes.map((type) => typeMarkdown(type, known, link)).join(', ')}.`];
}

/** A table of the properties, then the methods. */
function members(children: readonly Reflection[], names: Names): string[] {
  const isMethod = (child: Reflection) => child.kind === kinds.method;
  const properties = children.filter((child) => child.kind === kinds.property || child.kind === kinds.accessor);
  const methods = children.filter(isMethod);
  return [
    ...(properties.length > 0 ? [propertyTable(properties, names)] : []),
    ...methods.flatMap(({ name, flags, signatures = [] }) =>
      signatures.flatMap((signature) => callable(flags.isStatic ? `static ${name}` : name, signature, names)),
    ),
  ];
}

function propertyTable(properties: readonly Reflection[], { known, link }: Names): string {
  const rows = properties.map((property) => {
    const read = property.getSignature ?? property;
    const needed = property.flags.isOptional || property.kind === kinds.accessor ? '' : '';
    const name = `\`${property.name}${property.flags.isOptional ? '?' : ''}\`${needed}`;
    return [name, typeMarkdown(read.type!, known, link), tagOf(read, '@default') ?? '', summaryOf(read)];
  });
  const withDefaults = rows.some(([, , byDefault]) => byDefault !== '');
  const columns = withDefaults ? [0, 1, 2, 3] : [0, 1, 3];
  const heads = ['name', 'type', 'default', 'what'];
  const line = (cells: readonly string[]) => `| ${columns.map((index) => cell(cells[index]!)).join(' | ')} |`;
  return [line(heads), `|${' --- |'.repeat(columns.length)}`, ...rows.map((row) => line(row))].join('\n');
}

function callable(name: string, signature: Reflection, { known }: Names): string[] {
  const parameters = parametersOf(signature).map(
    ([parameter, text]) => `- \`${parameter}\`: ${text.replaceAll('\n', ' ')}`,
  );
  const returned = tagOf(signature, '@returns');
  const thrown = tagOf(signature, '@throws');
  return [
    fence(`${name}${signatureText(signature, known)}`),
    summaryOf(signature),
    parameters.join('\n'),
    returned === undefined ? '' : `Returns ${returned}`,
    thrown === undefined ? '' : `Throws ${thrown}`,
  ];
}

/** An object of functions, as a table; anything else by its type. */
function constantBody({ name, type }: Reflection, { known }: Names): string[] {
  if (type?.type !== 'reflection' || !type.declaration.children) return [fence(plainType(type!, known))];
  const rows = type.declaration.children.map((member) => {
    const [signature] =
      member.signatures ?? (member.type?.type === 'reflection' ? member.type.declaration.signatures : undefined) ?? [];
    const text = signature ? signatureText(signature, known) : `: ${plainType(member.type!, known)}`;
    return `| \`${name}.${member.name}${cell(text)}\` | ${cell(summaryOf(member) || (signature ? summaryOf(signature) : ''))} |`;
  });
  return [['| | what |', '| --- | --- |', ...rows].join('\n')];
}

/** The type, and a table for each of its objects. */
function aliasBody({ type }: Reflection, names: Names): string[] {
  const parts: readonly Type[] = type!.type === 'intersection' ? type!.types : [type!];
  const objects = parts.filter((part) => part.type === 'reflection' && part.declaration.children);
  const others = parts.filter((part) => !objects.includes(part));
  const known = others.map((part) => typeMarkdown(part, names.known, names.link)).join(' & ');
  return [
    known === '' ? '' : objects.length > 0 ? `${known}, and:` : known,
    ...objects.flatMap((part) => (part.type === 'reflection' ? members(part.declaration.children!, names) : [])),
  ];
}

const fence = (text: string): string => `\`\`\`ts\n${text}\n\`\`\``;
