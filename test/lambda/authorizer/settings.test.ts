import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../lambda/auth/configuration-error.ts';
import { readSettings } from '../../../lambda/authorizer/settings.ts';

const settings = {
  issuer: 'https://auth.example.com',
  audiences: ['orders'],
  identityHeader: 'Authorization',
  requiredScopes: [],
  requiredClaims: {},
  contextClaims: ['sub'],
};
const read = (value: unknown) => readSettings({ GATEHOUSE_AUTHORIZER: JSON.stringify(value) });

test('what the construct writes is read', () => {
  const all = { ...settings, jwksUri: 'https://keys.example.com/jwks.json', algorithms: ['ES256', 'RS256'] };
  expect(read(settings)).toEqual(settings);
  expect(read(all)).toEqual(all);
});

describe('what could let the wrong token in ends the function at init, by name', () => {
  test.each<[string, unknown, string]>([
    ['no issuer', { ...settings, issuer: undefined }, 'issuer'],
    ['an empty issuer', { ...settings, issuer: '' }, 'issuer'],
    ['no audience', { ...settings, audiences: [] }, 'audiences'],
    ['an empty audience', { ...settings, audiences: [''] }, 'audiences.0'],
    ['no algorithm', { ...settings, algorithms: [] }, 'algorithms'],
    ['a symmetric algorithm', { ...settings, algorithms: ['HS256'] }, 'algorithms.0'],
    ['no algorithm at all', { ...settings, algorithms: ['none'] }, 'algorithms.0'],
    ['scopes that are missing', { ...settings, requiredScopes: undefined }, 'requiredScopes'],
    ['claims that are missing', { ...settings, requiredClaims: undefined }, 'requiredClaims'],
    ['a claim without a value', { ...settings, requiredClaims: { tenant: '' } }, 'requiredClaims.tenant'],
    ['a setting that nobody knows', { ...settings, requiredScope: ['a'] }, 'requiredScope'],
    ['a list', [], 'expected object'],
  ])('%s', (_, value, name) => {
    expect(() => read(value)).toThrow(ConfigurationError);
    expect(() => read(value)).toThrow(`GATEHOUSE_AUTHORIZER is not valid: `);
    expect(() => read(value)).toThrow(name);
  });

  test.each([undefined, '', '{', 'undefined'])('%p instead of JSON', (value) => {
    expect(() => readSettings({ GATEHOUSE_AUTHORIZER: value })).toThrow('GATEHOUSE_AUTHORIZER is not valid JSON');
  });
});
