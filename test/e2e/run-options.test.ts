import { expect, test } from '@jest/globals';
import { readRunOptions, UsageError } from './run-options.ts';

const url = 'https://id.execute-api.eu-west-1.amazonaws.com/live';
const email = 'you@example.com';

test('takes a stack, a mailbox and what may be left out', () => {
  expect(readRunOptions(['--url', url, '--email', email], true)).toEqual({ url, email });
  const all = ['--mail-command', 'mail', '--identity-table', 'users', '--trusted-origin', 'https://app.example.com'];
  expect(readRunOptions(['--url', url, '--email', email, ...all, '--audience', 'api'], false)).toEqual({
    url,
    email,
    mailCommand: 'mail',
    identityTable: 'users',
    trustedOrigin: 'https://app.example.com',
    audience: 'api',
  });
  expect(readRunOptions(['--help'], false)).toBe('help');
});

test('on this machine http will do, and no mailbox is needed', () => {
  expect(readRunOptions(['--url', 'http://localhost:3000/'], true)).toEqual({ url: 'http://localhost:3000' });
});

test.each([
  ['nothing', [], '--url is missing; give the base URL of a stack'],
  [
    'no URL',
    ['--url', 'auth.example.com'],
    "--url is 'auth.example.com'; allowed is a URL such as https://auth.example.com",
  ],
  [
    'plain http',
    ['--url', 'http://auth.example.com'],
    "--url is 'http://auth.example.com'; allowed is https, or http on",
  ],
  ['another protocol', ['--url', 'ftp://localhost'], "--url is 'ftp://localhost'; allowed is https, or http on"],
  ['a query', ['--url', `${url}?a=b`], 'allowed is a URL without user, query and fragment'],
  ['the path of the API', ['--url', `${url}/api/auth/`], `allowed is the base URL, without /api/auth: ${url}`],
  [
    'no mailbox',
    ['--url', url],
    '--email is missing; without it mail would go to addresses at example.com, and bounce',
  ],
  ['no address', ['--url', url, '--email', 'you'], "--email is 'you'; allowed is an address such as you@example.com"],
  ['an empty value', ['--url', url, '--email', ''], '--email is empty'],
  ['an unknown flag', ['--url', url, '--stage', 'dev'], "Unknown option '--stage'"],
  [
    'a path as origin',
    ['--url', url, '--email', email, '--trusted-origin', 'https://a.example/x'],
    'allowed is an origin',
  ],
])('refuses %s', (_, args, message) => {
  expect(() => readRunOptions(args, true)).toThrow(UsageError);
  expect(() => readRunOptions(args, true)).toThrow(message);
});

test('without a terminal there must be a command that reads the mail', () => {
  expect(() => readRunOptions(['--url', url, '--email', email], false)).toThrow('--mail-command is missing');
});
