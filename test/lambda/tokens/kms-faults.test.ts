import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { signingBudget } from '../../../lambda/tokens/sign-token.ts';
import { auditEvents, captureLogs } from '../../support/capture-logs.ts';
import { type Answer, type Browser, type Stack, signedIn, startStack } from '../../support/stack.ts';
import { type Fault, type FaultyKms, otherSignature, refusal, startFaultyKms } from './faulty-kms.ts';

let stack: Stack;
let kms: FaultyKms;
let browser: Browser;
beforeAll(async () => {
  stack = await startStack();
  kms = await startFaultyKms(stack.awsEndpoint);
  browser = await stack.start({ clients: { kms: kms.client } });
  await signedIn(stack, browser, 'faults@example.com');
});
afterAll(async () => {
  await kms.stop();
  await stack.stop();
});
afterEach(() => {
  kms.fault = undefined;
});

/** Asks for a token while KMS has the fault, and again afterwards. */
async function tokenDuring(fault: Fault) {
  kms.fault = fault;
  kms.requests = 0;
  const startedAt = performance.now();
  const answers: Answer[] = [];
  const output = await captureLogs(async () => answers.push(await browser.get('/api/auth/token')));
  const milliseconds = performance.now() - startedAt;
  const { requests } = kms;
  kms.fault = undefined;
  return { answer: answers[0]!, events: auditEvents(output), output, milliseconds, requests };
}

function expectUnavailable({ answer, output }: Awaited<ReturnType<typeof tokenDuring>>, code: string): void {
  expect(answer).toMatchObject({ status: 503, json: { code, message: expect.any(String) }, cookies: [] });
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(answer.raw.body).not.toMatch(/eyJ|injected|arn:aws/);
  expect(output).not.toMatch(/eyJ|faults@example\.com/);
}

/** Half the function's own time-out, and far more than a busy machine adds. */
const patience = signingBudget + 4_000;

describe('KMS in the middle of its work', () => {
  test.each<[string, Fault, RegExp]>([
    ['throttles', refusal(400, 'ThrottlingException'), /ThrottlingException/],
    ['throttles for a minute', refusal(400, 'ThrottlingException', { 'retry-after': '60' }), /SigningError < /],
    ['fails', refusal(500, 'KMSInternalException'), /KMSInternalException/],
    ['has the key disabled', refusal(400, 'DisabledException'), /DisabledException/],
    ['has the key pending deletion', refusal(400, 'KMSInvalidStateException'), /KMSInvalidStateException/],
    ['denies', refusal(400, 'AccessDeniedException'), /AccessDeniedException/],
    ['hangs up', (response) => response.destroy(), /SigningError < /],
    ['does not answer', () => {}, /SigningError < TimeoutError/],
    ['answers, but never to the end', (response) => response.writeHead(200).write('{'), /SigningError < /],
    ['answers nothing', (response) => response.writeHead(200).end('{}'), /^SigningError$/],
    ['answers with a page', (response) => response.writeHead(200).end('<html>'), /SigningError < /],
  ])('%s: 503 within the budget, one event, and the next token works', async (_, fault, detail) => {
    const outcome = await tokenDuring(fault);
    expectUnavailable(outcome, 'SIGNING_UNAVAILABLE');
    expect(outcome.events).toMatchObject([
      { event: 'token_signing_failed', severity_id: 4, status_detail: expect.stringMatching(detail) },
    ]);
    expect(outcome.output).toContain('"TokenSigningFailed":1');
    expect(outcome.requests).toBeLessThanOrEqual(2);
    expect(outcome.milliseconds).toBeLessThan(patience);
    expect(await browser.get('/api/auth/token')).toMatchObject({ status: 200 });
  });

  const { privateKey: stranger } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  test.each<[string, (signature: Buffer) => Buffer]>([
    ['of another key', () => sign('sha256', Buffer.from('x'), stranger)],
    ['with one bit changed', (signature) => flipped(signature, signature.length - 1)],
    ['that is not DER', () => Buffer.alloc(64, 1)],
    ['that is empty but for a byte', () => Buffer.alloc(1)],
  ])('answers with a signature %s: no token leaves, and the alarm’s metric counts it', async (_, change) => {
    const outcome = await tokenDuring(otherSignature(change));
    expectUnavailable(outcome, 'SIGNATURE_INVALID');
    expect(outcome.events).toMatchObject([{ event: 'token_signature_invalid', status_code: 'SIGNATURE_INVALID' }]);
    expect(outcome.output).toContain('"TokenSigningFailed":1');
    // Not tried again: what KMS signs is wrong, not late.
    expect(outcome.requests).toBe(1);
  });

  test('other requests go on meanwhile, and one request to KMS makes a token', async () => {
    kms.fault = () => {};
    expect(await browser.get('/api/auth/get-session')).toMatchObject({ status: 200, json: { user: {} } });
    expect(await browser.get('/.well-known/jwks.json')).toMatchObject({ status: 200 });
    kms.fault = undefined;
    kms.requests = 0;
    expect(await browser.get('/api/auth/token')).toMatchObject({ status: 200 });
    expect(kms.requests).toBe(1);
  });
});

function flipped(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[index]! ^= 1;
  return copy;
}
