import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { requireAuthOptions } from '../../lib/auth-options.ts';
import { GatehouseStack } from '../../lib/index.ts';
import type { CheckedSettings } from '../../lib/settings.ts';
import { functionCode, prodConfig, testApp, testStack } from './support.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-options-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let files = 0;
function optionsFile(source: string): string {
  const file = join(scratch, `options-${++files}.ts`);
  writeFileSync(file, source);
  return file;
}

const prod: CheckedSettings = { stage: 'prod', baseUrl: 'https://auth.example.com' };

/** @returns what synthesis warns of */
function check(file: string | undefined, settings: CheckedSettings = prod): string[] {
  const stack = testStack();
  requireAuthOptions(stack, file, settings);
  return stack.node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data));
}

describe('an options file, at synth', () => {
  test('that is sound passes without a word, Gatehouse’s own included', () => {
    const typed = optionsFile(`
      import type { AuthOptions } from 'cdk-gatehouse/auth-options';
      const options: AuthOptions = { cookies: { sameSite: 'none' }, trustedOrigins: ({ host }) => ['https://' + host] };
      console.log('a file may write to standard output');
      export default options;
    `);
    for (const file of [undefined, typed]) expect(check(file)).toEqual([]);
  });

  test.each<[string, string, RegExp, CheckedSettings?]>([
    [
      'a dangerous value',
      "{ trustedOrigins: ['http://localhost:*'] }",
      /options-\d+\.ts: trustedOrigins has a value that is refused/,
    ],
    [
      'a combination',
      "{ cookies: { sameSite: 'none' } }",
      /cookies\.sameSite is 'none', but no trustedOrigins are set/,
    ],
    [
      'what does not fit the base URL',
      "{ cookies: { domain: 'example.org' } }",
      /cookies\.domain is 'example\.org', but the base URL's host is 'auth\.example\.com'/,
    ],
    ['a name that nothing reads', '{ lockoot: {}, cookie: 1 }', /cookie is no setting/],
  ])('with %s is refused with the reason', (_, options, message) => {
    expect(() => check(optionsFile(`export default ${options};`))).toThrow(message);
  });

  test('is judged by stage and by the origins of the configuration', () => {
    const none = optionsFile("export default { cookies: { sameSite: 'none' } };");
    expect(() => check(none, { ...prod, trustedOrigins: ['https://app.example.com'] })).not.toThrow();
    const local = optionsFile("export default { trustedOrigins: ['http://localhost:*'] };");
    expect(() => check(local, { stage: 'dev' })).not.toThrow();
    expect(() => check(local)).toThrow("must use https in stage 'prod'");
  });

  test('that cannot be evaluated here gets a warning: the function checks it at init', () => {
    const file = optionsFile(
      "if (!process.env.ONLY_IN_LAMBDA) throw new TypeError('ONLY_IN_LAMBDA is missing'); export default {};",
    );
    const warning = expect.stringMatching(/cannot be checked at synth.*ONLY_IN_LAMBDA is missing/);
    expect(check(file)).toEqual([warning]);
  });

  test('is checked by the stack, before anything is bundled', () => {
    const { auth: _, ...code } = functionCode();
    const authOptions = optionsFile("export default { cookies: { domain: 'example.org' } };");
    const stack = () =>
      new GatehouseStack(testApp(), 'Test', { stage: 'prod', config: { ...prodConfig, authOptions }, code });
    expect(stack).toThrow(/cookies\.domain is 'example\.org', but the base URL's host is 'auth\.example\.com'/);
  });
});
