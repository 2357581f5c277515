/** A row as text, a line for each field. */
export function lines(row: Readonly<Record<string, unknown>>): string[] {
  const width = Math.max(0, ...Object.keys(row).map((name) => name.length));
  return Object.entries(row).map(([name, value]) => `${name.padEnd(width)}  ${plain(value)}`);
}

/** Names and browsers are what users typed: nothing of it may steer the terminal. */
function plain(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}
