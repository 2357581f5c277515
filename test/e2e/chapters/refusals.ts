import { beforeAll, describe, expect, test } from '@jest/globals';
import { maxBodyBytes } from '../../../contract/routes.ts';
import type { FlowTarget } from '../flow-target.ts';
import { resident, signedIn } from '../person.ts';
import { expectAudited, postJson, send, sessionOf } from '../requests.ts';

/** What is refused, and in what form. */
export function refusals(target: () => FlowTarget): void {
  describe('refused', () => {
    let cookie: string;

    beforeAll(async () => {
      cookie = (await signedIn(target(), await resident(target()))).browser.cookies();
    });

    test.each([
      ['of a foreign origin', { origin: 'https://evil.example' }],
      ['of no origin', {}],
      ['of an opaque origin', { origin: 'null' }],
    ])('a state change with a cookie %s', async (_, headers) => {
      const response = await postJson(target(), '/api/auth/sign-out', { cookie, ...headers });
      await expectRefusal(response, 403, /ORIGIN/);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(await sessionOf(target(), cookie)).not.toBeNull();
      await expectAudited(target(), 'origin_rejected');
    });

    test('a preflight from a foreign origin gets no permission, one from a trusted origin gets it', async () => {
      const { url, trustedOrigin = new URL(url).origin } = target();
      const preflight = (origin: string) =>
        send(target(), '/api/auth/sign-in/email', {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        });
      const foreign = await preflight('https://evil.example');
      expect([...foreign.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      const trusted = await preflight(trustedOrigin);
      expect(trusted.status).toBe(204);
      expect(trusted.headers.get('access-control-allow-origin')).toBe(trustedOrigin);
      expect(trusted.headers.get('access-control-allow-credentials')).toBe('true');
      expect(trusted.headers.get('access-control-allow-methods')).toMatch(/\bPOST\b/);
      expect(trusted.headers.get('access-control-allow-headers')).toMatch(/\bcontent-type\b/i);
      for (const { headers } of [foreign, trusted]) expect(headers.get('vary')).toMatch(/\borigin\b/i);
    });

    test('a trusted origin may read a refusal', async () => {
      const { url, trustedOrigin = new URL(url).origin } = target();
      const response = await send(target(), '/api/auth/token', { headers: { origin: trustedOrigin } });
      await expectRefusal(response, 401, /./);
      expect(response.headers.get('access-control-allow-origin')).toBe(trustedOrigin);
    });

    test('a path below the API that leads nowhere', async () => {
      await expectRefusal(await send(target(), '/api/auth/nowhere'), 404, /^NOT_FOUND$/);
    });

    test('a path outside the API', async () => {
      await expectRefusal(await send(target(), '/nowhere'), 404, /^NOT_FOUND$/);
    });

    test('a method that a path does not take', async () => {
      const origin = new URL(target().url).origin;
      const response = await postJson(target(), '/api/auth/get-session', { origin });
      await expectRefusal(response, 405, /^METHOD_NOT_ALLOWED/);
    });

    test('a body that is too large', async () => {
      const response = await postJson(target(), '/api/auth/sign-out', {}, { filler: 'x'.repeat(maxBodyBytes) });
      expect(response.status).toBe(413);
      // The web ACL answers by itself with a fixed text, which cannot name the request.
      expect(await response.json()).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.any(String) });
    });

    test.each([
      ['of another type', 'text/plain', 'x', 415, /^UNSUPPORTED_MEDIA_TYPE$/],
      ['that is not JSON', 'application/json', '{', 400, /^INVALID_JSON$/],
    ])('a body %s', async (_, type, body, status, code) => {
      const headers = { 'content-type': type };
      const response = await send(target(), '/api/auth/sign-out', { method: 'POST', headers, body });
      await expectRefusal(response, status, code);
    });
  });
}

/** JSON with a stable code, and the id by which the request is found in the logs. */
async function expectRefusal(response: Response, status: number, code: RegExp): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/json\b/);
  expect(await response.json()).toMatchObject({
    code: expect.stringMatching(code),
    message: expect.any(String),
    requestId: expect.stringMatching(/^[\w-]{8,}$/),
  });
}
