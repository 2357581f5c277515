import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FlowTarget } from '../flow-target.ts';
import { ageSession } from '../identity-rows.ts';
import { type Device, type Person, resident, signedIn } from '../person.ts';
import { expectAudited, send, sessionOf } from '../requests.ts';

const day = 24 * 3600 * 1000;

/** Several devices of one person, and what keeps a session alive. */
export function sessions(target: () => FlowTarget): void {
  describe('sessions', () => {
    let grace: Person;
    let device: Device;

    beforeAll(async () => {
      grace = await resident(target());
      device = await signedIn(target(), grace);
    });

    test('a second device is listed; revoked by the first, it is out at once, and the first is not', async () => {
      const other = await signedIn(target(), grace);
      const cookies = other.browser.cookies();
      const { data: session } = await other.client.getSession();
      const { data: listed } = await device.client.listSessions();
      const { token, id } = listed!.find(({ id }) => id === session!.session.id)!;
      expect(await sessionOf(target(), cookies)).toMatchObject({ session: { id } });

      const { error } = await device.client.revokeSession({ token });
      expect(error).toBeNull();
      expect(await sessionOf(target(), cookies)).toBeNull();
      expect((await send(target(), '/api/auth/token', { headers: { cookie: cookies } })).status).toBe(401);
      const { data: left } = await device.client.listSessions();
      expect(left!.map((row) => row.id)).not.toContain(id);
      expect((await device.client.getSession()).data?.user.email).toBe(grace.email);
      await expectAudited(target(), 'session_revoked');
    });

    test('a session in use is prolonged, but not more than once a day', async () => {
      const { data: before } = await device.client.getSession();
      const { data: after } = await device.client.getSession();
      expect(after!.session.expiresAt).toEqual(before!.session.expiresAt);

      const { identityTable } = target();
      if (!identityTable) return;
      const soon = new Date(Date.now() + 5 * day);
      await ageSession(identityTable, before!.session.token, soon);
      let renewed: string[] = [];
      const onResponse = ({ response }: { response: Response }) => {
        renewed = response.headers.getSetCookie();
      };
      const { data: prolonged } = await device.client.getSession({ fetchOptions: { onResponse } });
      expect(prolonged!.session.id).toBe(before!.session.id);
      expect(prolonged!.session.expiresAt.getTime()).toBeGreaterThan(Date.now() + 6 * day);
      expect(renewed).toContainEqual(expect.stringMatching(/^__Host-[^;]*session_token=[^;]+;.*Max-Age=604800/i));
    });
  });
}
