import { describe, expect, test } from '@jest/globals';
import config from '../../gatehouse.config.ts';
import { defineConfig, type StageConfig } from '../../lib/index.ts';
import { devConfig, prodConfig, stackOf } from './support.ts';

const define = (stage: 'dev' | 'prod', settings: object) =>
  defineConfig({ stages: { [stage]: { ...(stage === 'prod' ? prodConfig : devConfig), ...settings } } });

test('the configuration of the repository has both stages', () => {
  expect(Object.keys(config.stages)).toEqual(['dev', 'prod']);
});

test('a good configuration is returned as it is', () => {
  const good = { stages: { dev: devConfig, prod: prodConfig } };
  expect(defineConfig(good)).toBe(good);
});

describe('names the setting at fault', () => {
  test.each<['dev' | 'prod', object, RegExp]>([
    [
      'prod',
      { domain: undefined, baseUrl: 'http://auth.example.com' },
      /^stages\.prod\.baseUrl: .*must use https in stage 'prod'/,
    ],
    [
      'prod',
      { domain: undefined, baseUrl: 'https://auth.example.com/' },
      /^stages\.prod\.baseUrl: .*must not end with a slash/,
    ],
    ['prod', { baseUrl: 'https://auth.example.com' }, /^stages\.prod\.baseUrl: .* excludes domain/],
    ['prod', { domain: undefined }, /^stages\.prod\.domain: is missing; stage 'prod' needs domain or baseUrl/],
    ['prod', { domain: { name: 'auth.example.com' } }, /^stages\.prod\.domain: needs certificateArn or hostedZone/],
    ['prod', { deletionProtection: false }, /^stages\.prod\.deletionProtection: 'false' is not allowed/],
    ['prod', { auditRetentionDays: 30 }, /^stages\.prod\.auditRetentionDays: 30 is not allowed .* 365 or more/],
    ['prod', { logRetentionDays: 90 }, /^stages\.prod\.logRetentionDays: 90 is not allowed/],
    ['prod', { trustedOrigins: ['http://localhost:5173'] }, /^stages\.prod\.trustedOrigins: .*must use https/],
    ['dev', { trustedOrigins: ['https://*.com'] }, /^stages\.dev\.trustedOrigins: .*'https:\/\/\*\.com'/],
    ['dev', { trustedOrigins: 'https://a.example.com' }, /^stages\.dev\.trustedOrigins: /],
    ['dev', { adminNetworks: ['10.0.0.1'] }, /^stages\.dev\.adminNetworks: network '10\.0\.0\.1' is not allowed/],
    [
      'dev',
      { signingKeys: [{ id: 'a', algorithm: 'HS256', state: 'active' }] },
      /^stages\.dev\.signingKeys\.0\.algorithm: /,
    ],
    [
      'dev',
      { signingKeys: [{ id: 'a', algorithm: 'ES256', state: 'next' }] },
      /^stages\.dev\.signingKeys: .*exactly one/,
    ],
    ['dev', { account: '1234' }, /^stages\.dev\.account: must have 12 digits/],
    ['dev', { mail: {} }, /^stages\.dev\.mail\.from: /],
    ['dev', { alarmEmail: 'oncall' }, /^stages\.dev\.alarmEmail: /],
    ['dev', { trustedOrigin: [] }, /^stages\.dev: .*trustedOrigin/],
  ])('%s %j', (stage, settings, message) => {
    expect(() => define(stage, settings)).toThrow(message);
  });

  test('all of them at once', () => {
    const message = /stages\.prod\.deletionProtection.*\n.*stages\.prod\.auditRetentionDays/;
    expect(() => define('prod', { deletionProtection: false, auditRetentionDays: 1 })).toThrow(message);
  });

  test('also when a stack is built without defineConfig', () => {
    const settings: Partial<StageConfig> = { domain: undefined, baseUrl: 'http://auth.example.com' };
    expect(() => stackOf('prod', settings)).toThrow(/^baseUrl: .*must use https in stage 'prod'/);
  });

  test('an unknown stage', () => {
    expect(() => defineConfig({ stages: { staging: devConfig } } as never)).toThrow(/^stages/);
  });
});
