import { createHmac, timingSafeEqual } from 'node:crypto';

/** As Better Auth sets up authenticators: RFC 6238 with SHA-1, six digits, steps of 30 seconds, one step early or late. */
const digits = 6;
const period = 30_000;
const skew = 1;

/** The latest step whose code this is, among those that are accepted now; undefined when there is none. */
export function stepOf(code: string, secret: Buffer, now: Date): number | undefined {
  const current = Math.floor(now.getTime() / period);
  let found: number | undefined;
  // All of them, in whatever order they match: the time taken tells nothing.
  for (let step = current - skew; step <= current + skew; step++) if (isCode(code, hotp(secret, step))) found = step;
  return found;
}

/** RFC 4226, section 5.3. */
export function hotp(secret: Buffer, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const offset = mac.at(-1)! & 0x0f;
  const value = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return String(value).padStart(digits, '0');
}

function isCode(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
