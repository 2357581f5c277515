export interface Budget {
  readonly name: string;
  readonly measured: number;
  /** Which side of `limit` is within the budget. */
  readonly must: 'at most' | 'at least';
  readonly limit: number;
  readonly digits?: number;
  readonly unit?: string;
}

/** Columns as wide as they need to be; all but the first are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** Prints each budget, and makes the process fail when one is exceeded. */
export function judge(budgets: readonly Budget[]): void {
  for (const { name, measured, must, limit, digits = 2, unit = '' } of budgets) {
    const within = must === 'at most' ? measured <= limit : measured >= limit;
    if (!within) process.exitCode = 1;
    const verdict = within ? 'within budget' : 'OVER BUDGET';
    console.log(`${verdict}: ${name} ${measured.toFixed(digits)}${unit}, ${must} ${limit}${unit}`);
  }
}
