import { expect, test } from '@jest/globals';
import { proxyEvent as schema } from '../../../lambda/gateway/event.ts';
import { toRequest } from '../../../lambda/gateway/to-request.ts';
import { proxyEvent } from '../../support/event.ts';
import { baseUrl } from '../../support/stack.ts';

const pathnameOf = (path: string): string =>
  new URL(toRequest(schema.parse(proxyEvent({ path })), baseUrl, '203.0.113.7').url).pathname;

test.each([
  ['a tab', '/api/auth/sign-\tin/email', '/prod/api/auth/sign-%09in/email'],
  ['a line end', '/api/auth/ad\r\nmin/list-users', '/prod/api/auth/ad%0D%0Amin/list-users'],
  ['a space at the end', '/api/auth/get-session ', '/prod/api/auth/get-session%20'],
  ['a control character at the end', '/api/auth/get-session\u0001', '/prod/api/auth/get-session%01'],
  ['a query in the path', '/api/auth/ok?x#y', '/prod/api/auth/ok%3Fx%23y'],
  ['a backslash', '/api/auth\\admin', '/prod/api/auth%5Cadmin'],
  ['what is encoded already', '/api/auth/%61dmin', '/prod/api/auth/%61dmin'],
])('a path with %s is routed as it was sent, not as another one', (_, path, pathname) => {
  expect(pathnameOf(path)).toBe(pathname);
});
