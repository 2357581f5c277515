/** Two digits after the point unless said otherwise. */
export const dollars = (value: number, digits = 2): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** To the next hundred: what a line of a log is long differs by less than that from day to day. */
export const bytes = (value: number): string => (Math.ceil(value / 100) * 100).toLocaleString('en');

export const bold = (text: string): string => `**${text}**`;

/** A Markdown table as the formatter would have it. Columns with a number in the first row are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((title, column) => {
    const cells = rows.map((row) => row[column] ?? '');
    const width = Math.max(3, title.length, ...cells.map((cell) => cell.length));
    const numeric = column > 0 && /^[*\d]/.test(cells[0] ?? '');
    const pad = (cell: string) => (numeric ? cell.padStart(width) : cell.padEnd(width));
    const rule = numeric ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
    return [pad(title), rule, ...cells.map(pad)];
  });
  return ['', '', ...rows].map((_, line) => `| ${columns.map((column) => column[line]).join(' | ')} |`).join('\n');
}
