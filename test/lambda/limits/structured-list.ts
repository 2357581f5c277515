/** A member of a list: a String with Integer parameters, which is all that the RateLimit fields have. */
export interface Item {
  readonly value: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** Parses a List of RFC 8941 (section 4.2.1) that holds Strings with Integer parameters. Throws on anything else. */
export function parseStructuredList(field: string): Item[] {
  const items: Item[] = [];
  let rest = field.replace(/^ +| +$/g, '');
  for (;;) {
    const [matched, value = '', parameters = ''] = item.exec(rest) ?? [];
    if (matched === undefined) throw new Error(`not an item: ${rest}`);
    items.push({ value: value.replace(/\\(["\\])/g, '$1'), parameters: parseParameters(parameters) });
    rest = rest.slice(matched.length);
    if (rest === '') return items;
    const separator = /^[ \t]*,[ \t]*(?=.)/.exec(rest);
    if (!separator) throw new Error(`not a separator: ${rest}`);
    rest = rest.slice(separator[0].length);
  }
}

/** Section 3.3.3: printable ASCII, with quotes and backslashes escaped. Section 3.1.2 and 3.3.1: parameters, integers of 15 digits. */
const item = /^"((?:[ !#-[\]-~]|\\["\\])*)"((?:; *[a-z*][a-z0-9_.*-]*=-?\d{1,15})*)/;

function parseParameters(text: string): Record<string, number> {
  const pairs = [...text.matchAll(/; *([a-z*][a-z0-9_.*-]*)=(-?\d{1,15})/g)];
  return Object.fromEntries(pairs.map(([, key, value]) => [key!, Number(value)]));
}
