import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { originList } from '../../../lambda/policy/origin-list.ts';

const list = originList([
  'https://auth.example.com',
  'https://app.example.com:8443',
  'https://*.example.org',
  'https://xn--bcher-kva.example',
  'http://localhost:*',
  'chrome-extension://abcdefghijklmnop',
  'com.example.app://',
]);

describe('an Origin header', () => {
  test.each([
    'https://auth.example.com',
    'https://app.example.com:8443',
    'https://a.example.org',
    'https://a.b.example.org',
    'https://xn--bcher-kva.example',
    'http://localhost',
    'http://localhost:5173',
    'chrome-extension://abcdefghijklmnop',
    'com.example.app://',
    'com.example.app://home',
  ])('%s is trusted', (origin) => {
    expect(list.isOrigin(origin)).toBe(true);
  });

  test.each([
    ['the bare suffix', 'https://example.org'],
    ['a look-alike suffix', 'https://evilexample.org'],
    ['a look-alike prefix', 'https://auth.example.com.evil.example'],
    ['a trusted name below another', 'https://a.example.org.evil.example'],
    ['a hyphen for a dot', 'https://auth-example.com'],
    ['any character for a dot', 'https://authXexample.com'],
    ['the word null', 'null'],
    ['nothing', ''],
    ['userinfo', 'https://auth.example.com@evil.example'],
    ['userinfo of its own', 'https://user@auth.example.com'],
    ['userinfo with a port', 'https://auth.example.com:443@evil.example'],
    ['another port', 'https://auth.example.com:8443'],
    ['the default port written out', 'https://auth.example.com:443'],
    ['a port below a wildcard', 'https://a.example.org:8443'],
    ['no port where one is configured', 'https://app.example.com'],
    ['http', 'http://auth.example.com'],
    ['http below a wildcard', 'http://a.example.org'],
    ['a trailing dot', 'https://auth.example.com.'],
    ['a trailing dot below a wildcard', 'https://a.example.org.'],
    ['a leading dot', 'https://.example.org'],
    ['two dots', 'https://..example.org'],
    ['upper case', 'https://AUTH.example.com'],
    ['an upper-case scheme', 'HTTPS://auth.example.com'],
    ['a name before its punycode', 'https://bücher.example'],
    ['a homograph', 'https://аuth.example.com'],
    ['full-width characters', 'https://ａuth.example.com'],
    ['a trailing slash', 'https://auth.example.com/'],
    ['a path', 'https://auth.example.com/path'],
    ['a query', 'https://auth.example.com?x'],
    ['a fragment', 'https://evil.example#a.example.org'],
    ['a backslash', 'https://evil.example\\.example.org'],
    ['an encoded slash', 'https://evil.example%2f.example.org'],
    ['an encoded dot', 'https://auth%2eexample.com'],
    ['a space', ' https://auth.example.com'],
    ['a newline', 'https://auth.example.com\n'],
    ['a tab inside', 'https://auth.exam\tple.com'],
    ['several origins', 'https://auth.example.com https://evil.example'],
    ['a list', 'https://auth.example.com, https://evil.example'],
    ['the pattern itself', 'https://*.example.org'],
    ['one slash', 'https:/auth.example.com'],
    ['no slashes', 'https:auth.example.com'],
    ['three slashes', 'https:///auth.example.com'],
    ['a relative one', '//auth.example.com'],
    ['the loopback by address', 'http://127.0.0.1:5173'],
    ['a name below localhost', 'http://evil.localhost:5173'],
    ['localhost as a prefix', 'http://localhost.evil.example'],
    ['localhost as userinfo', 'http://localhost:1@evil.example'],
    ['another extension', 'chrome-extension://ponmlkjihgfedcba'],
    ['an extension as a prefix', 'chrome-extension://abcdefghijklmnopq'],
    ['an extension with a path', 'chrome-extension://abcdefghijklmnop/page.html'],
    ['a custom scheme as a prefix', 'com.example.apple://'],
    ['a custom scheme without slashes', 'com.example.app:'],
    ['a custom scheme with a path', 'com.example.app://home/x'],
    ['a dot of the scheme as any character', 'comXexample.app://'],
    ['a script', 'javascript://auth.example.com/%0aalert(1)'],
  ])('%s is not', (_, origin) => {
    expect(list.isOrigin(origin)).toBe(false);
  });

  test('whatever is trusted is written as the URL standard writes it, and names a host of the list', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'https://',
        'http://',
        'HTTPS://',
        '//',
        'auth.',
        'a.',
        'example.com',
        'example.org',
        'evil.example',
      ),
      fc.constantFrom(
        'localhost',
        ':',
        '443',
        '8443',
        '.',
        '@',
        '/',
        '\\',
        '#',
        '?',
        '%2f',
        '%2e',
        '\t',
        '\n',
        ' ',
        '*',
        'xn--',
      ),
      fc.string({ maxLength: 3, unit: 'grapheme' }),
    );
    let trusted = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const origin = pieces.join('');
        if (!list.isOrigin(origin)) return;
        trusted++;
        if (origin.startsWith('chrome-extension:') || origin.startsWith('com.example.app:')) return;
        const url = new URL(origin);
        expect(url.origin).toBe(origin);
        expect(url.host).toMatch(/^(auth\.example\.com|app\.example\.com:8443|(.+\.)example\.org|localhost(:\d+)?)$/);
      }),
      {
        numRuns: 5_000,
        examples: [[['https://', 'a.', 'example.org']], [['http://', 'localhost', ':', '8443']]],
      },
    );
    expect(trusted).toBeGreaterThan(0);
  });
});

describe('a redirect', () => {
  test.each([
    '/',
    '/dashboard',
    '/dashboard?tab=a//b#c',
    '/a/../b',
    '/bücher',
    'https://auth.example.com',
    'https://auth.example.com/',
    'https://auth.example.com/path?next=//x#y',
    'https://a.example.org?x=1',
    'https://app.example.com:8443/deep/link',
    'http://localhost:5173/',
    'chrome-extension://abcdefghijklmnop/page.html',
    'com.example.app://auth/done?x=1',
  ])('to %s is allowed', (url) => {
    expect(list.isTarget(url)).toBe(true);
  });

  test.each([
    ['a host without a scheme', '//evil.example'],
    ['a backslash', '/\\evil.example'],
    ['two backslashes', '\\\\evil.example'],
    ['a slash and two backslashes', '/\\\\evil.example'],
    ['an encoded slash', '/%2fevil.example'],
    ['an encoded backslash', '/%5cevil.example'],
    ['an upper-case encoded slash', '/%2Fevil.example'],
    ['slashes after a dot segment', '/.//evil.example'],
    ['slashes after an encoded dot segment', '/%2e%2e//evil.example'],
    ['a tab', '/\t/evil.example'],
    ['a newline', '/\n/evil.example'],
    ['a carriage return', '/\r/evil.example'],
    ['a NUL', '/\u0000/evil.example'],
    ['an encoded newline', '/%0a/evil.example'],
    ['a header', '/x\r\nSet-Cookie: a=b'],
    ['a space in front', ' //evil.example'],
    ['a no-break space', '/\u00a0/evil.example'],
    ['a zero-width space', '/\u200b/evil.example'],
    ['a right-to-left override', '/\u202e/evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['a script behind a host', 'javascript://auth.example.com/%0aalert(1)'],
    ['a script in capitals', 'JaVaScRiPt:alert(1)'],
    ['a script behind a tab', 'java\tscript:alert(1)'],
    ['data', 'data:text/html,<script>alert(1)</script>'],
    ['a blob', 'blob:https://auth.example.com/id'],
    ['a foreign site', 'https://evil.example'],
    ['userinfo', 'https://auth.example.com@evil.example/'],
    ['userinfo and a port', 'https://auth.example.com:443@evil.example/'],
    ['userinfo before the right host', 'https://user:pw@auth.example.com/'],
    ['a backslash for userinfo', 'https://evil.example\\@auth.example.com/'],
    ['a backslash after the host', 'https://auth.example.com\\@evil.example/'],
    ['a look-alike', 'https://auth.example.com.evil.example/'],
    ['a fragment', 'https://evil.example#auth.example.com'],
    ['a query', 'https://evil.example?auth.example.com'],
    ['no slashes', 'https:evil.example'],
    ['no slashes, right host', 'https:auth.example.com'],
    ['one slash', 'https:/evil.example'],
    ['three slashes', 'https:///evil.example'],
    ['capitals', 'https://AUTH.EXAMPLE.COM/'],
    ['a trailing dot', 'https://auth.example.com./'],
    ['http', 'http://auth.example.com/'],
    ['a relative path', 'evil.example'],
    ['a dot path', './x'],
    ['nothing', ''],
    ['a newline in a path', 'https://auth.example.com/\nx'],
    ['a scheme with userinfo', 'com.example.app://x@evil/'],
    ['a scheme that only begins alike', 'com.example.app.evil://x'],
    ['another extension', 'chrome-extension://ponmlkjihgfedcba/page.html'],
  ])('%s is refused', (_, url) => {
    expect(list.isTarget(url)).toBe(false);
  });

  test('that is allowed leads to the list however a browser, a strict parser or a decoding router reads it', () => {
    const base = 'https://auth.example.com';
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        '\\',
        '.',
        '..',
        '@',
        ':',
        '#',
        '?',
        '%2f',
        '%5C',
        '%09',
        '\t',
        '\n',
        ' ',
        '\u00a0',
        '&',
      ),
      fc.constantFrom(
        'https:',
        'http:',
        'javascript:',
        'auth.example.com',
        'a.example.org',
        'evil.example',
        'localhost',
      ),
      fc.string({ maxLength: 2, unit: 'grapheme' }),
    );
    const readings: ((url: string) => string)[] = [
      (url) => url,
      (url) => url.replaceAll(/[\t\n\r]/g, ''),
      (url) => url.replaceAll('\\', '/'),
      (url) => url.replace(/^[^?#]*/, (path) => path.replaceAll(/%2f/gi, '/').replaceAll(/%5c/gi, '\\')),
      (url) => url.trim(),
      (url) => url.normalize('NFKC'),
    ];
    let allowed = 0;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const url = pieces.join('');
        if (!list.isTarget(url)) return;
        allowed++;
        for (const reading of readings) {
          const read = reading(url);
          if (!URL.canParse(read, base)) continue;
          const target = new URL(read, base);
          expect(`${target.protocol}//${target.host}`).toMatch(
            /^(https:\/\/(auth\.example\.com|app\.example\.com:8443|.+\.example\.org)|http:\/\/localhost(:\d+)?)$/,
          );
        }
      }),
      { numRuns: 20_000, examples: [[['/', 'a']], [['https:', '//', 'auth.example.com', '/', 'x']]] },
    );
    expect(allowed).toBeGreaterThan(100);
  });
});
