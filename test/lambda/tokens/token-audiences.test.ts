import { expect, test } from '@jest/globals';
import { createTokenAudiences } from '../../../lambda/tokens/token-audiences.ts';

const audiences = createTokenAudiences('main', { legacy: 'RS256', main: 'ES256', fast: 'EdDSA' });

test('the default audience comes first, and once', () => {
  expect(audiences.default).toBe('main');
  expect(audiences.all).toEqual(['main', 'legacy', 'fast']);
  expect(createTokenAudiences('main', {}).all).toEqual(['main']);
});

test.each([
  ['legacy', 'RS256'],
  ['main', 'ES256'],
  ['other', undefined],
  ['toString', undefined],
  [undefined, undefined],
  [[], undefined],
  [['other', 'fast', 'legacy'], 'EdDSA'],
] as const)('%j is signed with %s', (audience, algorithm) => {
  expect(audiences.algorithmFor(audience)).toBe(algorithm);
});
