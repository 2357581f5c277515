import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { costsPage } from '../../scripts/costs/page.ts';
import { cognitoCost, costOf } from '../../scripts/costs/prices.ts';

test('the page is what `npm run report:costs` prints', async () => {
  expect(await costsPage()).toBe(readFileSync('docs/costs.md', 'utf8'));
}, 120_000);

test('the page counts a stage of its own, so that no configuration of a fork changes it', () => {
  const sources = readdirSync('scripts/costs').map((name) => readFileSync(`scripts/costs/${name}`, 'utf8'));
  expect(sources.length).toBeGreaterThan(5);
  for (const source of sources) expect(source).not.toMatch(/from '.*gatehouse\.config/);
});

test('an amount is multiplied by its price, and one without a price is refused', () => {
  expect(costOf({ key: 4, signature: 10_000 })).toBeCloseTo(4.15, 10);
  expect(() => costOf({ horses: 1 })).toThrow(/'horses' has no price; priced are apiRequest,/);
});

test.each([
  ['Lite', 10_000, 0],
  ['Lite', 100_000, 495],
  ['Lite', 1_000_000, 4635],
  ['Essentials', 100_000, 1350],
  ['Plus', 10_000, 200],
])('Cognito %s for %i users costs %d', (tier, users, cost) => {
  expect(cognitoCost(tier, users)).toBeCloseTo(cost, 6);
});
