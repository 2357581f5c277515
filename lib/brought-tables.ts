import type { SettingProblem } from '../contract/settings.ts';

/** Settings of tables that are not made, because others were given: they would do nothing. */
export function broughtTableProblems(
  brought: Readonly<Record<string, readonly [table: unknown, settings: Readonly<Record<string, unknown>>]>>,
): SettingProblem[] {
  return Object.entries(brought).flatMap(([tableSetting, [table, settings]]) =>
    Object.entries(settings).flatMap(([setting, value]) =>
      table === undefined || value === undefined
        ? []
        : [{ setting, message: `has no effect with ${tableSetting}; set it on your table` }],
    ),
  );
}
