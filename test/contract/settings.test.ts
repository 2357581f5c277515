import { describe, expect, test } from '@jest/globals';
import { baseUrlProblems } from '../../contract/settings.ts';

describe('baseUrlProblems', () => {
  test.each([
    ['https://auth.example.com', 'prod'],
    ['https://abc123.execute-api.eu-central-1.amazonaws.com/prod', 'prod'],
    ['http://localhost:3000', 'dev'],
    ['http://127.0.0.1:3000', 'dev'],
    ['https://xn--bcher-kva.example', 'prod'],
    ['https://auth.example.com:8443/Team/login', 'prod'],
  ] as const)('accepts %s in %s', (url, stage) => {
    expect(baseUrlProblems(url, stage)).toEqual([]);
  });

  test.each([
    ['http://auth.example.com', 'prod', /must use https in stage 'prod'/],
    ['http://localhost:3000', 'prod', /must use https in stage 'prod'/],
    ['http://auth.example.com', 'dev', /loopback only/],
    ['http://localhost.example.com', 'dev', /loopback only/],
    ['ftp://auth.example.com', 'dev', /must use https/],
    ['auth.example.com', 'dev', /is not a URL/],
    ['https://auth.example.com/', 'dev', /must not end with a slash/],
    ['https://auth.example.com/api/auth', 'dev', /must not contain '\/api\/auth'/],
    ['https://auth.example.com?x=1', 'dev', /query/],
    ['https://auth.example.com#x', 'dev', /fragment/],
    ['https://user:secret@auth.example.com', 'dev', /credentials/],
  ] as const)('refuses %s in %s', (url, stage, message) => {
    expect(baseUrlProblems(url, stage)).toEqual([{ setting: 'baseUrl', message: expect.stringMatching(message) }]);
  });
});

describe('baseUrlProblems: what a request would never match, because URLs are compared in their normal form', () => {
  test.each([
    ['https://auth.example.com:443', 'https://auth.example.com'],
    ['http://localhost:80', 'http://localhost'],
    ['https://Auth.example.com', 'https://auth.example.com'],
    ['HTTPS://auth.example.com', 'https://auth.example.com'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://auth.example.com/a/../b', 'https://auth.example.com/b'],
    ['https://auth.example.com/.', 'https://auth.example.com'],
    ['https://auth.example.com/a b', 'https://auth.example.com/a%20b'],
    ['https:auth.example.com', 'https://auth.example.com'],
    [' https://auth.example.com', 'https://auth.example.com'],
  ])('refuses %j and names %s', (url, normal) => {
    const message = `baseUrl '${url}' is not in its normal form; allowed is '${normal}'`;
    expect(baseUrlProblems(url, 'dev')).toEqual([{ setting: 'baseUrl', message }]);
    expect(baseUrlProblems(normal, 'dev')).toEqual([]);
  });
});
