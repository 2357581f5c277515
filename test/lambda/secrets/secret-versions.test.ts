import { describe, expect, test } from '@jest/globals';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { betterAuth } from 'better-auth/minimal';
import { withNextVersion } from '../../../lambda/secrets/next-versions.ts';
import { secretConfiguration } from '../../../lambda/secrets/secret-configuration.ts';
import { publishingDelay, sameRing, secretRing } from '../../../lambda/secrets/secret-ring.ts';
import { formatSecret, parseSecret } from '../../../lambda/secrets/secret-versions.ts';

const plainText = 'canary-secret-0123456789-0123456789-0123456789';
const start = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const week = 7 * 24 * 3600;
const numbers = (versions: readonly { version: number }[]) => versions.map(({ version }) => version);

describe('the secret as stored', () => {
  test('is plain text, or a list that reads as it was written', () => {
    const versions = withNextVersion(parseSecret(plainText), start);
    expect(parseSecret(formatSecret(versions))).toEqual(versions);
    const leaked = withNextVersion(versions, start, { leaked: true });
    expect(parseSecret(formatSecret(leaked))).toEqual(leaked);
  });

  const entry = { version: 1, value: plainText, created: start.toISOString() };
  test.each([
    ['too short', 'canary', /has 6 characters; allowed are 32 or more/],
    ['empty', '', /has 0 characters/],
    ['no JSON', '[canary', /starts like a JSON list and is none/],
    ['an empty list', '[]', /is not a list of versions/],
    ['a short value', JSON.stringify([{ ...entry, value: 'canary' }]), /0\.value/],
    ['no date', JSON.stringify([{ ...entry, created: 'yesterday' }]), /0\.created/],
    ['the oldest first', JSON.stringify([entry, { ...entry, version: 2 }]), /not in descending order/],
    ['a version twice', JSON.stringify([entry, entry]), /not in descending order/],
    ['nothing to trust', JSON.stringify([{ ...entry, distrusted: true }]), /are all distrusted/],
    ['a name that nothing reads', JSON.stringify([{ ...entry, distrust: true }]), /distrust/],
  ])('%s is refused, without a value in the message', (_what, text, message) => {
    const attempt = () => parseSecret(text);
    expect(attempt).toThrow(message);
    expect(attempt).not.toThrow(/canary/);
  });
});

describe('what a version is good for', () => {
  const [v1] = parseSecret(plainText);
  const versions = withNextVersion([v1!], start);
  const at = (seconds: number) => secretRing(versions, later(seconds), week);

  test.each([
    [-10, 1, [1, 2]],
    [publishingDelay - 1, 1, [1, 2]],
    [publishingDelay, 2, [2, 1]],
    [publishingDelay + week - 1, 2, [2, 1]],
    [publishingDelay + week, 2, [2]],
  ])('%d seconds after its publication version %d signs, and %j are accepted', (seconds, signing, accepted) => {
    const ring = at(seconds);
    expect(ring.signing.version).toBe(signing);
    expect(numbers(ring.accepted)).toEqual(accepted);
    expect(numbers(ring.versions).sort()).toEqual([1, 2]);
    expect(ring.stable.version).toBe(1);
  });

  test('one that leaked decrypts only, and the next one signs at once', () => {
    const ring = secretRing(withNextVersion(versions, later(60), { leaked: true }), later(60), week);
    expect(ring).toMatchObject({ signing: { version: 3 }, stable: { version: 3 } });
    expect(numbers(ring.accepted)).toEqual([3]);
    expect(numbers(ring.versions)).toEqual([3, 2, 1]);
  });

  test('rings are the same until that changes', () => {
    expect(sameRing(at(0), at(publishingDelay - 1))).toBe(true);
    expect(sameRing(at(publishingDelay - 1), at(publishingDelay))).toBe(false);
    expect(sameRing(at(publishingDelay + week - 1), at(publishingDelay + week))).toBe(false);
    const [other] = parseSecret(plainText.replace('canary', 'sparrow'));
    expect(sameRing(secretRing([v1!], start, week), secretRing([other!], start, week))).toBe(false);
  });
});

test('what plain text has encrypted, before there were versions, can be read after a rotation', async () => {
  const data = await symmetricEncrypt({ key: plainText, data: 'hidden' });
  const ring = secretRing(withNextVersion(parseSecret(plainText), start), later(publishingDelay), week);
  const { secretConfig } = await betterAuth({ ...secretConfiguration(ring), logger: { disabled: true } }).$context;
  expect(await symmetricDecrypt({ key: secretConfig, data })).toBe('hidden');
});
