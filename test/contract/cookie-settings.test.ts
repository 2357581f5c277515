import { describe, expect, test } from '@jest/globals';
import { optionProblems } from '../../contract/check-settings.ts';

const deployment = {
  stage: 'prod',
  baseUrl: 'https://auth.example.com',
  trustedOrigins: ['https://app.example.com'],
} as const;

const messages = (options: object, more: object = {}) =>
  optionProblems(options, { ...deployment, ...more }).map(({ message }) => message);

describe('accepts', () => {
  test.each([
    {},
    { cookies: {} },
    { cookies: { sameSite: 'strict' } },
    { cookies: { sameSite: 'none' } },
    { cookies: { sameSite: 'none', partitioned: false } },
    { cookies: { domain: 'example.com' } },
    { cookies: { domain: 'auth.example.com', hostPrefix: false } },
    { cookies: { path: '/api/auth' } },
    { cookies: { path: '/api' } },
    { cookies: { hostPrefix: true, prefix: 'mine', priority: 'high' } },
    {
      cookies: { byName: { two_factor: { maxAge: 120 }, csrf: { name: 'xsrf', sameSite: 'strict', priority: 'low' } } },
    },
    { plugins: [{ id: 'multi-session' }] },
  ])('%j', (options) => {
    expect(messages(options)).toEqual([]);
  });

  test('a list of origins in the options, or a function, as the origins that cross-site cookies need', () => {
    const cookies = { sameSite: 'none' };
    expect(messages({ cookies, trustedOrigins: ['https://a.example'] }, { trustedOrigins: [] })).toEqual([]);
    expect(messages({ cookies, trustedOrigins: () => [] }, { trustedOrigins: [] })).toEqual([]);
  });

  test('what depends on a base URL that is not known yet', () => {
    expect(messages({ cookies: { domain: 'example.net', path: '/x' } }, { baseUrl: undefined })).toEqual([]);
  });
});

describe('refuses, with the reason', () => {
  test.each<[object, RegExp, object?]>([
    [
      { hostPrefix: true, domain: 'example.com' },
      /^cookies\.hostPrefix is true, and cookies\.domain is 'example\.com'/,
    ],
    [{ hostPrefix: true, path: '/api' }, /^cookies\.hostPrefix is true, and cookies\.path is '\/api'/],
    [{ hostPrefix: true, byName: { state: { path: '/api' } } }, /and the path of 'state' is '\/api'/],
    [{ sameSite: 'none' }, /^cookies\.sameSite is 'none', but no trustedOrigins are set/, { trustedOrigins: [] }],
    [
      { byName: { state: { sameSite: 'none' } } },
      /has 'state\.sameSite', which is 'none', but no/,
      { trustedOrigins: [] },
    ],
    [{ partitioned: true }, /^cookies\.partitioned is true, which has no effect unless/],
    [{ partitioned: true, sameSite: 'strict' }, /^cookies\.partitioned is true/],
    [{ domain: 'example.org' }, /^cookies\.domain is 'example\.org', but the base URL's host is 'auth\.example\.com'/],
    [{ domain: 'login.auth.example.com' }, /but the base URL's host is/],
    [{ domain: 'com' }, /^cookies\.domain is 'com', which browsers take no cookies for/],
    [{ domain: 'co.uk' }, /where anybody can have a host/, { baseUrl: 'https://auth.co.uk' }],
    [
      { domain: 'amazonaws.com' },
      /where anybody can have a host/,
      { baseUrl: 'https://x.execute-api.eu-west-1.amazonaws.com/prod' },
    ],
    [{ domain: 'localhost' }, /which browsers take no cookies for/, { baseUrl: 'http://localhost:3000', stage: 'dev' }],
    [{ domain: '127.0.0.1' }, /which browsers take no cookies for/],
    [{ domain: '.example.com' }, /allowed is a domain in its normal form/],
    [{ domain: 'Example.com' }, /allowed is a domain in its normal form/],
    [{ domain: 'example.com:443' }, /allowed is a domain in its normal form/],
    [{ path: '/app' }, /^cookies\.path is '\/app': browsers would not send it to '\/api\/auth'/],
    [{ path: '/ap' }, /browsers would not send it/],
    [{ path: '/api/auth' }, /would not send it to '\/prod\/api\/auth'/, { baseUrl: 'https://auth.example.com/prod' }],
    [{ path: 'api' }, /^cookies\.path is "api"; allowed is a path/],
    [{ path: '/a;Domain=example.com' }, /^cookies\.path is /],
    [{ prefix: '__Host-x' }, /^cookies\.prefix is "__Host-x"; allowed are .* without '__Host-'/],
    [{ prefix: 'a b' }, /^cookies\.prefix is "a b"/],
    [{ sameSite: 'Lax' }, /^cookies\.sameSite is "Lax"; allowed are 'strict', 'lax', 'none'/],
    [{ hostPrefix: 'yes' }, /^cookies\.hostPrefix is "yes"; allowed are true and false/],
    [{ priority: 'highest' }, /^cookies\.priority is "highest"/],
    [{ byName: { state: { sameSite: 'strict' } } }, /it would not come back from a provider's site/],
    [{ byName: { session_token: { maxAge: 60 } } }, /'session_token\.maxAge'; the cookie lives as long as the session/],
    [{ byName: { csrf: { maxAge: 34_560_001 } } }, /whole seconds from 1 to 34560000, which is 400 days/],
    [{ byName: { csrf: { maxAge: 0 } } }, /whole seconds from 1/],
    [{ byName: { csrf: { secure: false } } }, /has 'csrf\.secure'; allowed are name, sameSite, path, maxAge, priority/],
    [{ byName: { csrf: { name: 'auth.session_token' } } }, /has the name '__Host-auth\.session_token' for/],
    [{ byName: [], secure: false }, /^cookies\.secure is no setting; allowed are cookies\.prefix, /],
  ])('%j', (cookies, message, more = {}) => {
    const all = messages({ cookies }, more);
    expect(all).toEqual([expect.stringMatching(message)]);
  });
});
