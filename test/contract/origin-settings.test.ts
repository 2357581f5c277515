import { describe, expect, test } from '@jest/globals';
import { optionProblems } from '../../contract/check-settings.ts';
import { trustedOriginProblems } from '../../contract/origin-problems.ts';
import { trustedOriginWarning } from '../../contract/origin-settings.ts';

test.each([
  ['https://app.example.com', 'prod'],
  ['https://app.example.com:8443', 'prod'],
  ['https://*.example.com', 'prod'],
  ['https://*.example.com:8443', 'prod'],
  ['https://xn--bcher-kva.example', 'prod'],
  ['https://my-app.vercel.app', 'prod'],
  ['https://192.0.2.1', 'prod'],
  ['https://[2001:db8::1]', 'prod'],
  ['myapp://', 'prod'],
  ['com.example.app://', 'prod'],
  ['capacitor://localhost', 'prod'],
  ['chrome-extension://abcdefghijklmnop', 'prod'],
  ['safari-web-extension://5f0a8c4e-2f0e-4f3e-9d0c-0123456789ab', 'prod'],
  ['http://localhost:5173', 'dev'],
  ['http://localhost:*', 'dev'],
  ['http://127.0.0.1:*', 'dev'],
  ['http://[::1]:*', 'dev'],
  ['exp://192.168.1.2:8081', 'dev'],
] as const)('accepts %s in %s', (origin, stage) => {
  expect(trustedOriginProblems([origin], stage)).toEqual([]);
});

test.each([
  ['*', 'dev', /is not an origin; allowed are 'https:\/\/app\.example\.com'/],
  ['https://*', 'dev', /has no valid host|is not an origin/],
  ['*.example.com', 'dev', /is not an origin/],
  ['null', 'dev', /is not an origin/],
  ['', 'dev', /is not an origin/],
  ['https://*.com', 'dev', /wildcard over a whole top level/],
  ['https://*.co.uk', 'dev', /wildcard over 'co\.uk', where anybody can have a host/],
  ['https://*.vercel.app', 'dev', /wildcard over 'vercel\.app', where anybody/],
  ['https://*.eu-west-1.amazonaws.com', 'prod', /where anybody can have a host/],
  ['https://*.192.0.2.1', 'dev', /wildcard over an address/],
  ['https://app.*.example.com', 'dev', /is not an origin/],
  ['https://app-*.example.com', 'dev', /is not an origin/],
  ['https://*example.com', 'dev', /is not an origin/],
  ['https://?.example.com', 'dev', /is not an origin/],
  ['https://app.example.com/', 'dev', /is not an origin/],
  ['https://app.example.com/path', 'dev', /is not an origin/],
  ['https://user@app.example.com', 'dev', /is not an origin/],
  ['https://app.example.com\\', 'dev', /is not an origin/],
  ['https://app.example.com\n', 'dev', /is not an origin/],
  [' https://app.example.com', 'dev', /is not an origin/],
  ['https://', 'dev', /no valid host/],
  ['https://App.example.com', 'prod', /write 'https:\/\/app\.example\.com'/],
  ['https://*.Example.com', 'prod', /write 'https:\/\/\*\.example\.com'/],
  ['https://app.example.com:443', 'prod', /write 'https:\/\/app\.example\.com'/],
  ['https://bücher.example', 'prod', /write 'https:\/\/xn--bcher-kva\.example'/],
  ['https://app.example.com.', 'prod', /ends with a dot; write 'https:\/\/app\.example\.com'/],
  ['https://app.example.com:*', 'dev', /wildcard for its port, which is for the loopback/],
  ['https://*.example.com:*', 'dev', /wildcard for its port/],
  ['http://app.example.com', 'dev', /must use https; http is for the loopback only/],
  ['http://localhost.example.com:*', 'dev', /wildcard for its port/],
  ['http://localhost:3000', 'prod', /must use https in stage 'prod'/],
  ['http://localhost:*', 'prod', /must use https in stage 'prod'/],
  ['javascript://', 'dev', /scheme that is never an app's/],
  ['data://', 'dev', /scheme that is never an app's/],
  ['file://', 'dev', /scheme that is never an app's/],
  ['chrome-extension://', 'dev', /trusts every browser extension; name yours: 'chrome-extension:\/\/<id>'/],
  ['chrome-extension://*', 'dev', /is not an origin/],
  ['myapp://*.example', 'dev', /has a wildcard, which is for https/],
  ['myapp://a b', 'dev', /is not an origin/],
  ['MyApp://', 'dev', /is not an origin/],
] as const)('refuses %j in %s', (origin, stage, message) => {
  expect(trustedOriginProblems([origin], stage)).toEqual([
    { setting: 'trustedOrigins', message: expect.stringMatching(message) },
  ]);
});

describe('in the options', () => {
  const messages = (trustedOrigins: unknown) =>
    optionProblems({ trustedOrigins }, { stage: 'prod', trustedOrigins: [] }).map(({ message }) => message);

  test('a list is held to the same rules', () => {
    expect(messages(['https://app.example.com'])).toEqual([]);
    expect(messages(['https://app.example.com', 'http://localhost:*'])).toEqual([
      "trustedOrigins has a value that is refused: trusted origin 'http://localhost:*' must use https in stage 'prod'",
    ]);
  });

  test('a function is held to them when it answers; anything else is refused', () => {
    expect(messages(() => [])).toEqual([]);
    for (const value of ['https://app.example.com', [7], {}, true]) {
      expect(messages(value)).toEqual([
        expect.stringMatching(/^trustedOrigins(\.\w+)? (must be a list|is no setting)/),
      ]);
    }
  });
});

test('wildcards and schemes that anybody may claim are worth a word', () => {
  expect(trustedOriginWarning(['https://app.example.com', 'com.example.app://'])).toBeUndefined();
  expect(trustedOriginWarning(['https://*.example.com'])).toMatch(
    /'https:\/\/\*\.example\.com' trusts every host below it/,
  );
  expect(trustedOriginWarning(['myapp://'])).toMatch(/'myapp:\/\/' is a scheme that any app on a device may claim/);
});
