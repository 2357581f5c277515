import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { routes } from '../../../contract/routes.ts';
import { proxyEvent as checkedEvent } from '../../../lambda/gateway/event.ts';
import { GatewayError } from '../../../lambda/gateway/gateway-error.ts';
import { toRequest } from '../../../lambda/gateway/to-request.ts';
import { proxyEvent } from '../../support/event.ts';
import { ownRules } from './support.ts';

const acl = ownRules({ adminNetworks: ['198.51.100.7/32'] });
const admin = `${routes.authBase}/admin/list-users`;
const headers = { 'user-agent': 'Mozilla/5.0' };
const verdict = (path: string, rules = acl) => rules.evaluate({ path, headers });

/** Where the function takes a path, and where a plain URL parser would, whether API Gateway hands it over as written or decoded. */
function routed(path: string): string[] {
  const handed = [path];
  try {
    handed.push(decodeURIComponent(path));
  } catch {
    // API Gateway would not decode this either.
  }
  return [
    ...handed.flatMap(routedByFunction),
    ...handed.map((one) => new URL(`https://auth.example.com${one}`).pathname),
  ];
}

function routedByFunction(path: string): string[] {
  try {
    const event = checkedEvent.parse(proxyEvent({ path }));
    return [new URL(toRequest(event, 'https://auth.example.com', '203.0.113.7').url).pathname];
  } catch (error) {
    if (error instanceof GatewayError) return [];
    throw error;
  }
}

const underAdmin = (path: string) => path.split(/\/+/).slice(0, 4).join('/') === `${routes.authBase}/admin`;

describe('administration', () => {
  test.each([
    admin,
    `/prod${admin}`,
    '/api/auth//admin/list-users',
    '//api/auth/admin/list-users',
    '/api/auth/./admin/list-users',
    '/api/auth/x/../admin/list-users',
    '/api/auth/%61dmin/list-users',
    '/api/auth/%2561dmin/list-users',
    '/api/auth/ADMIN/list-users',
    '/API/Auth/aDmin/list-users',
    '/api/auth/admin;x=1/list-users',
    '/api/auth/admin',
    '/api/auth/admin/',
    '/api/auth%2fadmin/list-users',
    '/api/auth%5cadmin/list-users',
    '/api/auth\\admin/list-users',
    '/api/auth/ad%09min/list-users',
    '/api/auth/admin%00/list-users',
    '/api/auth/admin/x%2f..%2f..%2f../../list-users',
    '/api/auth/admin/x%252f..%252f..%252f../../list-users',
    '/api/auth/%2e%2e/auth/admin/list-users',
  ])('is blocked from elsewhere as %s', (path) => expect(verdict(path).action).toBe('Block'));

  test.each(['/api/auth/administrators', '/api/auth/get-session', '/api/auth/admin-less', '/api/auth/sign-in/admin'])(
    'is not mistaken for %s',
    (path) => expect(verdict(path).action).toBe('Allow'),
  );
});

/** Spellings of a path: letters escaped once or twice or made capitals, and segments, separators and dots put in between. */
const spelling = fc
  .array(
    fc.record({
      at: fc.nat({ max: admin.length }),
      how: fc.constantFrom('escape', 'twice', 'capital', 'insert'),
      what: fc.constantFrom(
        ...['/', '//', '/./', '/x/../', '/../', '/x%2f../', '/x%2f..%2f../', '/x%252f..%252f../', '/%2e%2e/', '/.%2e/'],
        ...[
          '%2f',
          '%5c',
          '\\',
          ';a=b',
          '%3b',
          '%00',
          '%09',
          '%0a',
          '%20',
          '\t',
          '/..;/',
          '/x/..',
          '?',
          '%3f',
          '#',
          '.',
          '%',
        ],
      ),
    }),
    { maxLength: 4 },
  )
  .map((edits) => {
    const letters = [...admin];
    for (const { at, how, what } of edits) {
      const letter = letters[at] ?? '';
      const escaped = letter && `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
      if (how === 'insert') letters[at] = what + letter;
      else if (letter.length === 1) {
        letters[at] =
          how === 'capital' ? letter.toUpperCase() : how === 'twice' ? escaped.replace('%', '%25') : escaped;
      }
    }
    // Every request target that names a path begins so.
    return letters.join('').replace(/^(?!\/)/, '/');
  });

const escapes = (rules: typeof acl) =>
  fc.property(spelling, fc.constantFrom('', '/prod'), (path, stage) => {
    if (routed(path).some(underAdmin)) return verdict(stage + path, rules).action === 'Block';
    return true;
  });

test('whatever the function takes for administration is blocked, on both hosts, however it is spelled', () => {
  fc.assert(escapes(acl), { numRuns: 8000, seed: 20261123 });
});

test('the rule on disguised paths is what makes that hold: without it a spelling gets through', () => {
  const { failed, counterexample } = fc.check(escapes(acl.without('DisguisedPath')), {
    numRuns: 8000,
    seed: 20261123,
  });
  expect(failed).toBe(true);
  expect(verdict(counterexample!.join('')).action).toBe('Block');
});

test('the same holds for the paths that take credentials: none escapes its rate', () => {
  const limited = ownRules({ rateLimit: 1000, credentialRateLimit: 10, credentialRateLimitPerClient: 10 });
  const signIn = '/api/auth/sign-in/email';
  const spellings = [signIn, '/api/auth//sign-in/email', '/api/auth/%73ign-in/email', '/prod/api/auth/SIGN-in/email'];
  for (let count = 0; count < 10; count++) verdict(spellings[count % spellings.length]!, limited);
  for (const path of spellings) expect(verdict(path, limited)).toMatchObject({ rule: 'CredentialRatePerSource' });
});
