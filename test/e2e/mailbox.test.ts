import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { askedMailbox, commandMailbox } from './mailbox.ts';

const url = 'https://auth.example.com/live';
const verify = `${url}/api/auth/verify-email?token=a.b.c&callbackURL=%2F`;
const reset = `${url}/api/auth/reset-password/abc?callbackURL=%2F`;

test('a command prints mail of any form; the first link to the endpoint counts', async () => {
  const mail = [
    { text: `Hello!\nChoose: ${reset}\n` },
    { text: `Confirm it:\n\n${verify}\n\nBye` },
    { text: `${verify}old` },
  ];
  const print = `node -e "console.log(process.env.MAIL_TO === 'ada@example.com' ? process.argv[1] : '')"`;
  const mailedLink = commandMailbox(url, `${print} '${JSON.stringify(mail)}'`);
  expect(await mailedLink('ada@example.com', '/api/auth/verify-email')).toBe(verify);
  expect(await mailedLink('ada@example.com', '/api/auth/reset-password')).toBe(reset);
});

test('a command that fails is an error at once', async () => {
  await expect(commandMailbox(url, 'exit 3')('ada@example.com', '/api/auth/verify-email')).rejects.toThrow('exit 3');
});

test('a person is asked, again if need be, and for each mail', async () => {
  const [input, output] = [new PassThrough(), new PassThrough().setEncoding('utf8')];
  const mailedLink = askedMailbox(url, input, output);
  for (const endpoint of ['/api/auth/verify-email', '/api/auth/reset-password'] as const) {
    const link = mailedLink('ada@example.com', endpoint);
    input.write('https://evil.example/api/auth/verify-email?token=x\n');
    input.write(`  ${endpoint === '/api/auth/verify-email' ? verify : reset}\n`);
    expect(await link).toBe(endpoint === '/api/auth/verify-email' ? verify : reset);
    const asked = 'Paste the link from the mail to ada@example.com: ';
    expect(output.read()).toBe(`\n${asked}That is no link to ${url + endpoint}.\n${asked}`);
  }
});

test('a terminal that is closed is an error', async () => {
  const input = new PassThrough();
  const link = askedMailbox(url, input, new PassThrough())('ada@example.com', '/api/auth/verify-email');
  input.end();
  await expect(link).rejects.toThrow('no link was pasted for the mail to ada@example.com');
});
