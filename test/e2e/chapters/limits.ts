import { describe, expect, test } from '@jest/globals';
import type { FlowTarget } from '../flow-target.ts';
import { expectAudited, postJson } from '../requests.ts';

/** An endpoint that no other chapter uses, since each has a count of its own: 3 in 10 seconds, or 30 for an admin network. */
const path = '/api/auth/two-factor/verify-otp';
const window = 10;
const burst = 12;
/** Cold functions can stretch a burst over so many windows that each passes what it got; the next one finds them warm. */
const bursts = 5;

/** Limits by source address; what is used up here is whole again after 10 seconds. */
export function limits(target: () => FlowTarget): void {
  describe('limits', () => {
    test('of a burst as many pass as the limit says; the others learn when to come back', async () => {
      const origin = new URL(target().url).origin;
      const started = Date.now();
      const answers: Response[] = [];
      while (answers.every(({ status }) => status !== 429) && answers.length < bursts * burst) {
        const requests = Array.from({ length: burst }, () => postJson(target(), path, { origin }, { code: '000000' }));
        answers.push(...(await Promise.all(requests)));
      }
      const refused = answers.filter(({ status }) => status === 429);
      const passed = answers.filter(({ status }) => status === 401);
      expect(refused.length + passed.length).toBe(answers.length);
      expect(refused).not.toEqual([]);
      // Windows stand at fixed times: a burst can lie over the edge between two, and a slow one over more.
      const windows = 1 + Math.ceil((Date.now() - started) / 1000 / window);
      const max = Number(/;q=(\d+)/.exec(answers[0]!.headers.get('ratelimit-policy') ?? '')?.[1]);
      expect([3, 30]).toContain(max);
      expect(passed.length).toBeLessThanOrEqual(windows * max);

      for (const { headers } of answers) {
        expect(headers.get('ratelimit-policy')).toBe(`"source";q=${max};w=${window}`);
        expect(headers.get('ratelimit')).toMatch(/^"source";r=[12]?[0-9];t=([1-9]|10)$/);
      }
      for (const response of refused) {
        expect(response.headers.get('retry-after')).toMatch(/^([1-9]|10)$/);
        expect(response.headers.get('cache-control')).toBe('no-store');
        expect(await response.json()).toMatchObject({ code: 'RATE_LIMITED', requestId: expect.any(String) });
      }
      await expectAudited(target(), 'rate_limited');
    });
  });
}
