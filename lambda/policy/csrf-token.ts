import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** `<random>.<MAC of random and session token>`: of use with one session only, and made by nobody without the secret. */
export interface CsrfTokens {
  create(sessionToken: string): string;
  /** Takes the same time whatever is wrong with the token. */
  verify(token: string, sessionToken: string): boolean;
}

/** @param secrets the current one first; tokens of the others still count */
export function csrfTokens(secrets: readonly string[]): CsrfTokens {
  const keys = secrets.map((secret) => createHmac('sha256', secret).update('gatehouse csrf token').digest());
  // The random part has a fixed length, so that no two pairs of parts read the same.
  const sign = (key: Buffer, random: string, sessionToken: string) =>
    createHmac('sha256', key).update(`${random}.${sessionToken}`).digest('base64url');
  return {
    create(sessionToken) {
      const random = randomBytes(16).toString('base64url');
      return `${random}.${sign(keys[0]!, random, sessionToken)}`;
    },
    verify(token, sessionToken) {
      const [, random = '', mac = ''] = /^([\w-]{22})\.([\w-]{43})$/.exec(token) ?? [];
      return keys.map((key) => equal(mac, sign(key, random, sessionToken))).includes(true);
    },
  };
}

/** In constant time, once the lengths are the same; both are public. */
export function equal(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
