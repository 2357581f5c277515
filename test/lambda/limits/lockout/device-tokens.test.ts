import { describe, expect, test } from '@jest/globals';
import { deviceTokens } from '../../../../lambda/limits/lockout/device-tokens.ts';
import { unlockTokens } from '../../../../lambda/limits/lockout/unlock-tokens.ts';
import { day, testClock } from './clock.ts';

const lifetime = 180 * 24 * 3600;
const [current, previous] = ['the secret of today', 'the secret of yesterday'];

describe('device tokens', () => {
  const clock = testClock();
  const devices = deviceTokens([current], lifetime, clock.now);

  test('are for one login', () => {
    const cookie = devices.remember(undefined, 'email:a@example.com');
    expect(devices.deviceOf(cookie, 'email:a@example.com')).toMatch(/^[\w-]{16}$/);
    expect(devices.deviceOf(cookie, 'email:b@example.com')).toBeUndefined();
  });

  test('name the device anew at each sign-in', () => {
    const first = devices.remember(undefined, 'email:a@example.com');
    const second = devices.remember(first, 'email:a@example.com');
    expect(second.split('~')).toHaveLength(1);
    expect(devices.deviceOf(second, 'email:a@example.com')).not.toBe(devices.deviceOf(first, 'email:a@example.com'));
  });

  test('keep what they say of others: a sign-in as oneself gives nobody else’s counter back', () => {
    const victim = devices.remember(undefined, 'email:victim@example.com');
    const both = devices.remember(victim, 'email:attacker@example.com');
    expect(devices.deviceOf(both, 'email:victim@example.com')).toBe(
      devices.deviceOf(victim, 'email:victim@example.com'),
    );
  });

  test('are five at most, and what is none is left out', () => {
    let cookie: string | undefined = 'junk~~<script>';
    for (let user = 0; user < 8; user++) cookie = devices.remember(cookie, `email:${user}@example.com`);
    expect(cookie?.split('~')).toHaveLength(5);
    expect(devices.deviceOf(cookie, 'email:7@example.com')).toBeDefined();
    expect(devices.deviceOf(cookie, 'email:2@example.com')).toBeUndefined();
    expect(cookie).not.toContain('junk');
  });

  test('end with their lifetime', () => {
    const cookie = devices.remember(undefined, 'email:a@example.com');
    clock.advance(180 * day - 1000);
    expect(devices.deviceOf(cookie, 'email:a@example.com')).toBeDefined();
    clock.advance(1000);
    expect(devices.deviceOf(cookie, 'email:a@example.com')).toBeUndefined();
  });

  test('outlive a rotation of the secret', () => {
    const cookie = deviceTokens([previous], lifetime, clock.now).remember(undefined, 'email:a@example.com');
    const rotated = deviceTokens([current, previous], lifetime, clock.now);
    expect(rotated.deviceOf(cookie, 'email:a@example.com')).toBeDefined();
    expect(devices.deviceOf(cookie, 'email:a@example.com')).toBeUndefined();
  });

  test('are no unlock links, though of one secret', () => {
    const claim = { key: 'k', lockId: 'l', userId: 'u', expires: clock.now().getTime() + 1 };
    const links = unlockTokens([current], clock.now);
    expect(links.read(links.sign(claim))).toEqual(claim);
    expect(links.read(devices.remember(undefined, 'email:a@example.com'))).toBeUndefined();
  });
});
