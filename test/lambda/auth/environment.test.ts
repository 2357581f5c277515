import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../lambda/auth/configuration-error.ts';
import { readEnvironment } from '../../../lambda/auth/environment.ts';

const key = {
  id: '2026-11',
  algorithm: 'ES256',
  state: 'active',
  keyArn: 'arn:aws:kms:eu-central-1:1:key/a',
  publicKey: 'AAAA',
};
const variables = {
  GATEHOUSE_BASE_URL: 'https://auth.example.com',
  GATEHOUSE_STAGE: 'prod',
  GATEHOUSE_IDENTITY_TABLE: 'identity',
  GATEHOUSE_RATE_LIMIT_TABLE: 'limits',
  GATEHOUSE_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:1:secret:a',
  GATEHOUSE_SIGNING_KEYS: JSON.stringify([key]),
  GATEHOUSE_MAIL_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/mail',
};

describe('readEnvironment', () => {
  test('reads a whole environment; the audience defaults to the issuer', () => {
    expect(readEnvironment(variables)).toMatchObject({
      baseUrl: 'https://auth.example.com',
      tokenAudience: 'https://auth.example.com',
      signingKeys: [key],
      jwksUri: 'https://auth.example.com/.well-known/jwks.json',
      trustedOrigins: [],
      audienceAlgorithms: {},
    });
  });

  test.each(Object.keys(variables))('names %s when it is missing', (name) => {
    const { [name as keyof typeof variables]: _, ...rest } = variables;
    expect(() => readEnvironment(rest)).toThrow(ConfigurationError);
    expect(() => readEnvironment(rest)).toThrow(name);
  });

  test.each([
    ['GATEHOUSE_BASE_URL', 'http://auth.example.com', /baseUrl .* must use https in stage 'prod'/],
    ['GATEHOUSE_STAGE', 'staging', /GATEHOUSE_STAGE/],
    ['GATEHOUSE_SIGNING_KEYS', 'nonsense', /GATEHOUSE_SIGNING_KEYS: is not valid JSON/],
    ['GATEHOUSE_SIGNING_KEYS', JSON.stringify([{ ...key, state: 'next' }]), /no active signing key/],
    ['GATEHOUSE_SIGNING_KEYS', JSON.stringify([{ ...key, algorithm: 'HS256' }]), /GATEHOUSE_SIGNING_KEYS/],
    ['GATEHOUSE_AUDIENCE_ALGORITHMS', '{', /GATEHOUSE_AUDIENCE_ALGORITHMS: is not valid JSON/],
    ['GATEHOUSE_AUDIENCE_ALGORITHMS', '{"https://a.example":"HS256"}', /GATEHOUSE_AUDIENCE_ALGORITHMS/],
    ['GATEHOUSE_AUDIENCE_ALGORITHMS', '{"":"ES256"}', /GATEHOUSE_AUDIENCE_ALGORITHMS/],
    [
      'GATEHOUSE_AUDIENCE_ALGORITHMS',
      '{"https://a.example":"RS256"}',
      /audience 'https:\/\/a\.example' is set to RS256, which has no active signing key; active: ES256/,
    ],
    ['GATEHOUSE_JWKS_URI', 'http://keys.example.com/jwks.json', /GATEHOUSE_JWKS_URI/],
    ['GATEHOUSE_TRUSTED_ORIGINS', '["https://*"]', /trusted origin 'https:\/\/\*'/],
  ])('refuses %s = %s', (name, value, message) => {
    expect(() => readEnvironment({ ...variables, [name]: value })).toThrow(message);
  });
});
