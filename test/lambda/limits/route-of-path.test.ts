import { expect, test } from '@jest/globals';
import { routeOfPath } from '../../../lambda/limits/route-of-path.ts';

const routeOf = routeOfPath(['/sign-in/email', '/reset-password', '/reset-password/:token', '/callback/:id']);

test.each([
  ['/sign-in/email', '/sign-in/email'],
  ['/reset-password', '/reset-password'],
  ['/reset-password/guess-1', '/reset-password/:token'],
  ['/reset-password/guess-2', '/reset-password/:token'],
  ['/reset-password/a/b', 'unrouted'],
  ['/callback/google', '/callback/:id'],
  ['/junk-1', 'unrouted'],
  ['/sign-in/email/', 'unrouted'],
  ['', 'unrouted'],
])('%j is counted under %s', (path, route) => {
  expect(routeOf(path)).toBe(route);
});
