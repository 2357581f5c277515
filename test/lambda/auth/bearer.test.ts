import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Browser, type Stack, signedIn, startStack } from '../../support/stack.ts';

let stack: Stack;
let browser: Browser;
/** As `set-auth-token` hands it out: `<token>.<signature>`. */
let signed: string;
let token: string;
let signature: string;
beforeAll(async () => {
  stack = await startStack();
  browser = await stack.start();
  signed = (await signedIn(stack, browser, 'bearer@example.com')).headers.get('set-auth-token')!;
  [token, signature] = signed.split('.') as [string, string];
});
afterAll(() => stack.stop());

type Authorization = string | string[];

const paths = ['/api/auth/get-session', '/api/auth/token', '/api/auth/list-sessions'];

const ask = (Authorization: Authorization): Promise<Answer[]> =>
  Promise.all(paths.map((path) => browser.another().get(path, { Authorization })));

/** All that a client can see, but for what differs by request or by source. */
function visible({ status, json, headers, cookies }: Answer) {
  const varying = ['date', 'x-request-id', 'ratelimit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
  const shown = [...headers].filter(([name]) => !varying.includes(name));
  const { requestId: _, ...body } = json ?? {};
  return { status, body: json === null ? null : body, headers: shown, cookies };
}

/** Right in all but that somebody else signed it. */
const forged = () => `Bearer ${token}.${Buffer.alloc(32, 7).toString('base64')}`;

const malformed: [string, () => Authorization][] = [
  ['nothing', () => ''],
  ['a scheme alone', () => 'Bearer'],
  ['a scheme and spaces', () => 'Bearer    '],
  ['a token without a scheme', () => signed],
  ['a scheme run into the token', () => `Bearer${signed}`],
  ['a colon after the scheme', () => `Bearer: ${signed}`],
  ['an equals sign after the scheme', () => `Bearer=${signed}`],
  ['a comma after the scheme', () => `Bearer, ${signed}`],
  ['a tab after the scheme', () => `Bearer\t${signed}`],
  ['the scheme twice', () => `Bearer Bearer ${signed}`],
  ['quotes round the token', () => `Bearer "${signed}"`],
  ['a parameter', () => `Bearer token=${signed}`],
  ['another scheme', () => `Token ${signed}`],
  ['Basic, with the token as the password', () => `Basic ${Buffer.from(`:${signed}`).toString('base64')}`],
  ['Basic, with the token as it is', () => `Basic ${signed}`],
  ['DPoP', () => `DPoP ${signed}`],
  ['the header twice', () => [`Bearer ${signed}`, `Bearer ${signed}`]],
  ['the header twice, good then bad', () => [`Bearer ${signed}`, 'Bearer x.y']],
  ['the header twice, bad then good', () => ['Bearer x.y', `Bearer ${signed}`]],
  ['the header twice, Basic then good', () => ['Basic Og==', `Bearer ${signed}`]],
  ['a list of tokens', () => `Bearer ${signed},${signed}`],
  ['a list of credentials', () => `Bearer ${signed}, Basic Og==`],
  ['a word after the token', () => `Bearer ${signed} x`],
  ['a second cookie after the token', () => `Bearer ${signed}; a=b`],
  ['a second cookie after the token, encoded', () => `Bearer ${signed}%3B%20a%3Db`],
  ['an encoded scheme', () => `Bearer%20${signed}`],
  ['the token encoded twice', () => `Bearer ${encodeURIComponent(encodeURIComponent(signed))}`],
  ['an encoded dot', () => `Bearer ${token}%2E${signature}`],
  ['an encoding that breaks off', () => `Bearer ${signed.replace(/=$/, '%3')}`],
  ['an encoding of nothing', () => `Bearer ${signed}%`],
  ['an encoded null', () => `Bearer ${signed}%00`],
  ['an encoded line end', () => `Bearer ${signed}%0d%0aSet-Cookie:%20a=b`],
  ['a leading dot', () => `Bearer .${signed}`],
  ['a trailing dot', () => `Bearer ${signed}.`],
  ['two dots', () => `Bearer ${signed.replace('.', '..')}`],
  ['a part more', () => `Bearer ${signed}.${signature}`],
  ['dots alone', () => 'Bearer ..'],
  ['a dot alone', () => 'Bearer .'],
  ['a signature alone', () => `Bearer .${signature}`],
  ['a token and a dot', () => `Bearer ${token}.`],
  ['the raw token', () => `Bearer ${token}`],
  ['the raw token, encoded', () => `Bearer ${token.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`)}`],
  ['the signature of another token', () => `Bearer x${signed}`],
  ['a signature that is cut', () => `Bearer ${token}.${signature.slice(0, 40)}`],
  ['the token in capitals', () => `Bearer ${signed.toUpperCase()}`],
  ['a JWT without a signature', () => 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
  ['8 KB', () => `Bearer ${'A'.repeat(8000)}.${signature}`],
  ['8 KB after the token', () => `Bearer ${signed}${'A'.repeat(8000)}`],
  ['a thousand dots', () => `Bearer ${'.'.repeat(1000)}`],
  ['characters beyond ASCII', () => `Bearer ${signed}\u00e9`],
];

describe('a malformed Authorization header is answered exactly as a forged token is', () => {
  test.each(malformed)('%s', async (_, header) => {
    const [answers, wrong] = await Promise.all([ask(header()), ask(forged())]);
    expect(answers.map(visible)).toEqual(wrong.map(visible));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401]);
    expect(answers[0]!.json).toBeNull();
  });
});

describe('a signed token is accepted', () => {
  test.each([
    ['as it was handed out', () => `Bearer ${signed}`],
    ["encoded, like a cookie's value", () => `Bearer ${encodeURIComponent(signed)}`],
    // RFC 9110, section 11.1: the scheme is case-insensitive, and one or more spaces follow it.
    ['with the scheme in lower case', () => `bearer ${signed}`],
    ['with the scheme in capitals', () => `BEARER ${signed}`],
    ['after two spaces', () => `Bearer  ${signed}`],
  ])('%s', async (_, header) => {
    const [session, jwt, list] = await ask(header());
    expect(session).toMatchObject({ status: 200, json: { user: { email: 'bearer@example.com' } } });
    expect(jwt).toMatchObject({ status: 200, json: { token: expect.any(String) } });
    expect(list).toMatchObject({ status: 200, json: [{ token: expect.any(String) }] });
  });

  test('and with a bad cookie beside it', async () => {
    const answer = await browser
      .another()
      .get(paths[0]!, { Authorization: `Bearer ${signed}`, Cookie: '__Host-auth.session_token=x.y' });
    expect(answer.json).toMatchObject({ user: { email: 'bearer@example.com' } });
  });
});

test('a malformed header does not disturb who comes with a cookie', async () => {
  for (const [, header] of malformed) {
    const answer = await browser.get(paths[0]!, { Authorization: header() });
    expect(answer.json).toMatchObject({ user: { email: 'bearer@example.com' } });
  }
});
