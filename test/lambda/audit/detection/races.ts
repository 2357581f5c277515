export const day = 24 * 3600;
export const at = Date.parse('2026-03-01T12:00:00Z');
/** How often each process reports the same. */
export const tries = 5;

export const home = { network: '4:1', browser: 'one' };
export const elsewhere = { network: '4:2', browser: 'another' };

/** How often a process was told that something is new. */
export interface Told {
  readonly place: number;
  readonly session: number;
  readonly failures: number;
}
