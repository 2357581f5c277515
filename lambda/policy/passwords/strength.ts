/**
 * How hard a password is to guess, 0 to 4, as zxcvbn rates it. Its dictionaries, more than a megabyte, are a file beside the bundle
 * that loads with the first password that is rated.
 *
 * @param words that an attacker would try first, in lower case
 */
export async function strengthOf(password: string, words: readonly string[]): Promise<number> {
  const { estimator } = await import('./strength-estimator.ts');
  const rate = (text: string) => estimator.check(text, [...words]).score;
  const rest = without(words, password.toLowerCase());
  // zxcvbn takes any three words in a row for strong, known ones too; those count for nothing here.
  return rest.length < password.length ? Math.min(rate(password), rate(rest)) : rate(password);
}

function without(words: readonly string[], text: string): string {
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, word) => rest.replaceAll(word, ''), text);
}
