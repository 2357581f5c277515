import { describe, expect, test } from '@jest/globals';
import { accountChanges, mailKinds } from '../../../contract/mail.ts';
import { templates } from '../../../lambda/mailer/templates.ts';

const url = 'https://auth.example.com/api/auth/x?token=canary';
const at = '2026-11-24T00:27:15.000Z';

test.each(mailKinds)('%s names the product and holds no more than one link', (kind) => {
  const { subject, text } = templates[kind]('Acme', { url });
  expect(subject).toContain('Acme');
  expect(subject).not.toMatch(/\n|undefined/);
  expect(text).not.toContain('undefined');
  expect(text.match(/https?:/g)?.length ?? 0).toBeLessThanOrEqual(1);
});

describe.each(accountChanges)('%s', (kind) => {
  test('says what happened, when, from which network, and what to do; it links nowhere', () => {
    const { text } = templates[kind]('Acme', { url, at, network: '203.0.113.0/24' });
    expect(text).toMatch(
      /Acme .*\n\nThis was on 2026-11-24 at 00:27 UTC, from the network 203\.0\.113\.0\/24\.\n\nIf you did not/s,
    );
    expect(text).not.toMatch(/https?:|canary/);
  });

  test('leaves out where from when an administrator did it', () => {
    expect(templates[kind]('Acme', { at }).text).toContain('This was on 2026-11-24 at 00:27 UTC.\n');
  });
});
