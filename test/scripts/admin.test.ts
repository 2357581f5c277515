import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { CommandName } from '../../scripts/admin/arguments.ts';
import { accessRequests } from '../deploy/access-requests.ts';
import { eventually } from '../local/processes.ts';
import { startAccount } from './admin-account.ts';
import { commands, nameRequest, requestsOf } from './admin-requests.ts';
import { admin, adminJson, Client, localStack, member, password, signedIn, stack, store } from './admin-stack.ts';

localStack();

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const audit = (command: string, userId?: string) =>
  stack
    .audit()
    .filter(({ unmapped }) => (unmapped as { command?: string })?.command === command)
    .filter(({ user }) => userId === undefined || (user as { uid?: string }).uid === userId)
    .map(({ event, status_code }) => (status_code ? `${event} ${status_code}` : event))
    .reverse();

describe('the first administrator', () => {
  test('is made without a password, sets one by mail, and administrates', async () => {
    const email = 'first@example.com';
    const created = await admin(`create First@Example.com --name 'First One'`);
    expect(created).toMatchObject({ code: 0, errors: '' });
    const client = new Client();
    await client.send('POST', '/request-password-reset', { email });
    const link = () => stack.mail().find(({ to }) => to.includes(email))?.link;
    await eventually(() => link() !== undefined);
    const token = /reset-password\/([\w-]+)/.exec(link()!)![1];
    await client.send('POST', '/reset-password', { token, newPassword: password });
    expect((await client.signIn(email)).status).toBe(200);
    expect((await client.send('GET', '/admin/list-users')).status).toBe(200);
    expect(await admin(`create ${email} --name Other`)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('EMAIL_TAKEN'),
    });
    expect(audit('create')).toEqual([
      'operator_action_started',
      'operator_action',
      'operator_action_started',
      'operator_action_failed EMAIL_TAKEN',
    ]);
  });

  test('can be made of a user, and be one no more; it shows in sessions that exist', async () => {
    const { id, email } = await member();
    const client = await signedIn(email);
    expect((await client.send('GET', '/admin/list-users')).status).toBe(403);
    expect((await admin(`promote ${email}`, { typed: email })).code).toBe(0);
    expect((await client.send('GET', '/admin/list-users')).status).toBe(200);
    expect((await admin(`demote ${id} --yes`)).code).toBe(0);
    expect((await client.send('GET', '/admin/list-users')).status).toBe(403);
  });

  test('is not made of somebody whose address is not verified', async () => {
    const { id } = await member({ emailVerified: false });
    expect(await admin(`promote ${id} --yes`)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('EMAIL_UNVERIFIED'),
    });
    expect((await adminJson(`show ${id}`)).user.role).toBe('user');
  });
});

describe('sessions', () => {
  test('are listed without their tokens, and end one by one or all at once', async () => {
    const { id, email } = await member();
    const [first, second] = [await signedIn(email), await signedIn(email)];
    const { session } = await first.session();
    const listed = await admin(`sessions ${email} --json`);
    expect(JSON.parse(listed.output).sessions).toHaveLength(2);
    expect(listed.output).toContain(session.id);
    expect(listed.output).not.toContain(session.token);

    expect((await adminJson(`revoke ${id} --session ${session.id}`)).ended).toBe(1);
    expect([await first.session(), (await second.session()).user.id]).toEqual([null, id]);
    expect(await admin(`revoke ${id} --session ${session.id} --yes`)).toMatchObject({ code: 3 });
    expect((await adminJson(`revoke ${id}`)).ended).toBe(1);
    expect(await second.session()).toBeNull();
    expect(audit('revoke', id)).toEqual([
      'operator_action_started',
      'operator_action',
      'operator_action_started',
      'operator_action_failed SESSION_UNKNOWN',
      'operator_action_started',
      'operator_action',
    ]);
  });
});

test('a disabled user is out at once and stays out, until enabled', async () => {
  const { id, email } = await member();
  const client = await signedIn(email);
  expect((await admin(`disable ${email} --reason 'left the company'`, { typed: email })).code).toBe(0);
  expect(await client.session()).toBeNull();
  expect((await client.signIn(email)).json.code).toBe('BANNED_USER');
  expect((await adminJson(`show ${id}`)).user).toMatchObject({ banned: true, banReason: 'left the company' });
  expect((await admin(`enable ${email}`)).code).toBe(0);
  expect((await client.signIn(email)).status).toBe(200);
});

test('a lock is lifted', async () => {
  const { email } = await member();
  const client = new Client();
  for (let guess = 0; guess < 5; guess++) await client.signIn(email, 'wrong password here');
  expect((await client.signIn(email)).status).toBe(401);
  expect((await admin(`unlock ${email}`)).code).toBe(0);
  expect((await client.signIn(email)).status).toBe(200);
});

describe('what is kept of a user', () => {
  test('is exported with every row and no secret', async () => {
    const { id, email } = await member();
    const client = await signedIn(email);
    const { session } = await client.session();
    const started = await client.send('POST', '/two-factor/enable', { password });
    const { output } = await admin(`export ${email}`);
    const { rows, withheld } = JSON.parse(output);
    expect(rows.user).toMatchObject([{ id, email, name: 'Ada' }]);
    expect(rows.session).toMatchObject([{ id: session.id, userId: id }]);
    expect(rows.account).toMatchObject([{ providerId: 'credential', userId: id }]);
    expect(rows.twoFactor).toHaveLength(1);
    expect(withheld).toEqual(
      expect.arrayContaining(['session.token', 'account.password', 'twoFactor.secret', 'twoFactor.backupCodes']),
    );
    expect(output).not.toMatch(/scrypt/);
    for (const secret of [session.token, ...started.json.backupCodes]) expect(output).not.toContain(secret);
  });

  test('is erased with it, which frees the address and leaves no address on record', async () => {
    const { id, email } = await member();
    const client = await signedIn(email);
    expect((await admin(`erase ${email}`, { typed: email })).code).toBe(0);
    expect(await client.session()).toBeNull();
    expect((await client.signIn(email)).status).toBe(401);
    expect(await admin(`show ${id}`)).toMatchObject({ code: 3 });
    expect(audit('erase')).toEqual(['operator_action_started', 'operator_action']);
    const own = stack.audit().filter(({ unmapped }) => (unmapped as { command?: string })?.command === 'erase');
    expect(JSON.stringify(own)).toContain(id);
    expect(JSON.stringify(own)).not.toContain(email);
    expect((await admin(`create ${email} --name Ada --role user`)).code).toBe(0);
    expect((await adminJson('check')).findings).toEqual([]);
  });
});

test('a user who cannot be read is not erased without a question, nor off the record', async () => {
  const { id } = await member();
  const index = (await (await fetch(`${stack.url}/`)).json()) as { dynamodb: string };
  let failures = 1;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    if (request.method === 'GET') return response.end(JSON.stringify({ ...index, dynamodb: addressOf(server) }));
    if (failures-- > 0) {
      const type = 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException';
      return response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(`{"__type":"${type}"}`);
    }
    const headers = { ...(request.headers as Record<string, string>) };
    for (const name of ['host', 'connection', 'content-length']) delete headers[name];
    const answer = await fetch(index.dynamodb, { method: 'POST', headers, body });
    return response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(await answer.text());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const where = ['--local', addressOf(server)];
    expect(await admin(`erase ${id}`, { where })).toMatchObject({ code: 1 });
    expect((await adminJson(`show ${id}`)).user.id).toBe(id);
    expect(await admin(`erase ${id}`, { where })).toMatchObject({ code: 5 });
  } finally {
    server.close();
  }
});

test('what is left of a user who is gone is erased on the record', async () => {
  const gone = `gone-${process.pid}`;
  expect(await admin(`erase ${gone}`)).toMatchObject({ code: 3 });
  expect(audit('erase', gone)).toEqual(['operator_action_started', 'operator_action_failed USER_UNKNOWN']);
});

test('what users typed steers no terminal, as text or as JSON', async () => {
  const { id } = await member();
  const name = 'A\u001b[2J\u009b2J\u202eevil\u2028\u200b';
  await store.adapter.update({ model: 'user', where: [{ field: 'id', value: id }], update: { name } });
  const shown = [await admin(`show ${id}`), await admin(`export ${id}`), await admin(`show ${id} --json`)];
  for (const { output } of shown) expect(output.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(shown[2]!.output).user.name).toBe(name);
});

test('nor does an address that a provider made up, where it is asked for or told', async () => {
  const { id } = await member();
  const email = `a\u001b[2J\u202e-${id}@example.com`;
  await store.adapter.update({ model: 'user', where: [{ field: 'id', value: id }], update: { email } });
  const shown = [await admin(`disable ${id}`, { typed: 'yes' }), await admin(`disable ${id} --yes`)];
  expect(shown.map(({ code }) => code)).toEqual([5, 0]);
  for (const { output, errors } of shown) expect(`${output}${errors}`).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
});

test('events are listed, the newest last, of all or of one user', async () => {
  const { id, email } = await member();
  await signedIn(email);
  await admin(`show ${email}`);
  const { events } = await adminJson(`events --user ${id}`);
  expect(events.map(({ event }: { event: string }) => event)).toEqual(['sign_in', 'operator_action']);
  const { output } = await admin('events --limit 1');
  expect(output).toMatch(/^\S+ {2}operator_action\n/);
  expect(output).not.toContain('sign_in');
});

describe('what would destroy asks first', () => {
  test.each(['erase', 'disable', 'revoke', 'promote', 'demote'])(
    '%s changes nothing unless the address is typed',
    async (command) => {
      const { id, email } = await member();
      const client = await signedIn(email);
      for (const answer of [{ typed: 'yes' }, {}]) {
        expect(await admin(`${command} ${email}`, answer)).toMatchObject({
          code: 5,
          errors: expect.stringContaining('NOT_CONFIRMED'),
        });
      }
      expect((await client.session()).user).toMatchObject({ id, role: 'user' });
      expect(audit(command, id)).toEqual([
        'operator_action_failed NOT_CONFIRMED',
        'operator_action_failed NOT_CONFIRMED',
      ]);
    },
  );
});

describe('against a stack in an account', () => {
  /** A user with some of everything. */
  async function someone(): Promise<string> {
    const { email } = await member();
    const client = await signedIn(email);
    await client.send('POST', '/two-factor/enable', { password });
    await signedIn(email).catch(() => {});
    return email;
  }
  const flags: Partial<Record<CommandName, string>> = { create: '--name Ada' };
  const withoutUser: readonly CommandName[] = ['events', 'check'];

  test.each(commands)('%s asks IAM for what is listed, and nothing else', async (command) => {
    const subject = withoutUser.includes(command)
      ? ''
      : command === 'create'
        ? `${randomUUID()}@example.com`
        : await someone();
    const outputs = {
      BaseUrl: stack.url,
      IdentityTableName: 'gatehouse-identity',
      RateLimitTableName: 'gatehouse-rate-limit',
      AuthSecretArn: stack.environment.GATEHOUSE_SECRET_ARN!,
      AuditLogGroupName: 'gatehouse-audit',
    };
    const arn = 'arn:aws:sts::111122223333:assumed-role/Admin/ada';
    const account = await startAccount({ stacks: { Recorded: outputs }, arn }, stack);
    const where = ['--stack', 'Recorded', '--region', 'us-east-1', '--yes'];
    const { code, errors } = await admin(`${command} ${subject} ${flags[command] ?? ''}`, { where });
    await account.stop();
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const asked = account.calls.flatMap(accessRequests).map((request) => nameRequest(request, outputs));
    expect([...new Set(asked)].sort()).toEqual(requestsOf(command));
  });
});

test('what cannot be put on record is not done', async () => {
  const { id, email } = await member();
  const client = await signedIn(email);
  const index = (await (await fetch(stack.url)).json()) as { resources: object };
  const resources = { ...index.resources, auditLogGroup: 'another' };
  const server = createServer((_, response) => response.end(JSON.stringify({ ...index, resources })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const where = ['--local', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
  for (const command of [`disable ${id} --yes`, `export ${id}`]) {
    expect(await admin(command, { where })).toMatchObject({
      code: 1,
      output: '',
      errors: expect.stringContaining('AUDIT_UNAVAILABLE: the audit event cannot be written'),
    });
  }
  server.close();
  expect((await client.session()).user.id).toBe(id);
});

describe('what cannot be', () => {
  test('an unknown user', async () => {
    expect(await admin('erase nobody@example.com --yes --json')).toEqual({
      code: 3,
      output: '',
      errors: JSON.stringify({ code: 'USER_UNKNOWN', message: "there is no user 'nobody@example.com'" }),
    });
  });

  test('a stack that is none', async () => {
    const where = ['--local', 'http://127.0.0.1:9'];
    expect(await admin('show a@example.com', { where })).toMatchObject({
      code: 3,
      errors: expect.stringContaining('STACK_UNKNOWN'),
    });
  });

  test.each([
    ['', 'a command is missing'],
    ['drop', "command 'drop' is not allowed; allowed are create, promote"],
    ['erase', 'erase needs USER'],
    ['erase a b', "'b' is not expected after erase"],
    ['create a@example.com', 'create needs --name'],
    ['create nobody --name N', "'nobody' is no address"],
    ['show a --session x', '--session is not an option of show'],
    ['events --since yesterday', "--since 'yesterday' is not allowed; allowed are minutes, hours and days"],
    ['events --limit 0', "--limit '0' is not allowed; allowed are whole numbers"],
    [`events --user 'a"b'`, `--user 'a"b' is not allowed`],
    ['check --stage dev', 'give one of --stage, --stack and --local'],
  ])('%j', async (line, message) => {
    expect(await admin(line)).toMatchObject({ code: 2, errors: expect.stringContaining(`USAGE: ${message}`) });
  });

  test.each([
    ['--local http://gatehouse.example.com', "--local 'http://gatehouse.example.com' is not allowed"],
    ['--stack a_b', "--stack 'a_b' is not allowed"],
    ['--stage staging', "--stage 'staging' is not allowed; allowed are dev, prod"],
  ])('%s', async (where, message) => {
    expect(await admin('check', { where: where.split(' ') })).toMatchObject({
      code: 2,
      errors: expect.stringContaining(`USAGE: ${message}`),
    });
  });
});
