/** A row as text, a line for each field. */
export function lines(row: Readonly<Record<string, unknown>>): string[] {
  const width = Math.max(0, ...Object.keys(row).map((name) => name.length));
  return Object.entries(row).map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`);
}

/** Indented. What is harmless in a file is escaped where a terminal would act on it. */
export const json = (data: unknown): string =>
  JSON.stringify(data, null, 2).replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );

/** Names, addresses and browsers are what users typed: nothing of it may steer the terminal, or reorder what it shows. */
export const harmless = (text: string): string => text.replaceAll(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');

/** In one line. */
function plain(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  return harmless(text).replaceAll('\n', '\uFFFD');
}
