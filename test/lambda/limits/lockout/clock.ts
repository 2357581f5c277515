const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A clock that only the test moves. */
export function testClock(start = '2026-03-01T12:00:00Z') {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    advance: (milliseconds: number) => {
      time += milliseconds;
    },
    advanceMinutes: (minutes: number) => {
      time += minutes * minute;
    },
  };
}
