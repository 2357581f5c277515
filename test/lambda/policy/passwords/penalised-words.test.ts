import { expect, test } from '@jest/globals';
import { penalisedWords } from '../../../../lambda/policy/passwords/penalised-words.ts';
import { strengthOf } from '../../../../lambda/policy/passwords/strength.ts';

const ada = { email: 'ada.lovelace@analytical-engine.org', name: 'Ada Byron Lovelace' };

test('words are those of name, address and product, in parts and run together', () => {
  expect(penalisedWords(ada, ['Gatehouse'])).toEqual(
    expect.arrayContaining([
      'ada.lovelace@analytical-engine.org',
      'ada.lovelace',
      'adalovelace',
      'lovelaceada',
      'analytical',
      'byron',
      'adabyronlovelace',
      'gatehouse',
    ]),
  );
  expect(penalisedWords({}, [])).toEqual([]);
  expect(penalisedWords({ name: 'Al', email: 'a@b.co' }, [])).toEqual(['a@b.co', 'abco', 'coba', 'b.co', 'bco', 'cob']);
});

test.each([
  'AnalyticalEngine1843',
  'adabyronlovelace1',
  '4n4lytic4l-3ngine',
  'LovelaceAda!2024',
  'gatehouse-gatehouse',
])('%s is weak for those whom it is about, and for them only', async (password) => {
  expect(await strengthOf(password, penalisedWords(ada, ['Gatehouse']))).toBeLessThan(3);
  if (!/lovelace|gatehouse/i.test(password)) expect(await strengthOf(password, [])).toBeGreaterThanOrEqual(3);
});

test('of a long password the beginning has to be strong', async () => {
  expect(await strengthOf(`${'a'.repeat(64)}correct horse battery staple`, [])).toBeLessThan(3);
});
