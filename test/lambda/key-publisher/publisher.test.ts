import { CreateKeyCommand, DisableKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { type SigningAlgorithm, type SigningKeyState, signingAlgorithms } from '../../../contract/signing.ts';
import { publish } from '../../../lambda/key-publisher/publisher.ts';
import { type AwsWithClients, startWithClients } from '../../local/aws/clients.ts';

let aws: AwsWithClients;
beforeAll(async () => {
  aws = await startWithClients();
});
afterAll(() => aws.stop());

const minute = 60_000;
const start = Date.UTC(2026, 10, 23, 12);
let clock = start;
let kms: KMSClient;
let slept: number[];
const sleep = async (milliseconds: number) => {
  slept.push(milliseconds / 1000);
};
let arns: Record<string, string>;

beforeEach(async () => {
  clock = start;
  kms = aws.kms;
  slept = [];
  arns = {};
  for (const id of ['a', 'b', 'c']) arns[id] = await createKey(aws.kms, 'ES256');
});

async function createKey(kms: KMSClient, algorithm: SigningAlgorithm): Promise<string> {
  const { keySpec: KeySpec } = signingAlgorithms[algorithm];
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY' }));
  return KeyMetadata!.Arn!;
}

type States = Record<string, SigningKeyState>;
interface Emergency {
  readonly active?: string[];
  readonly dropped?: string[];
}

/** A stack with the resource, as CloudFormation drives it: it keeps the physical id, and nothing else. */
function stack() {
  let physicalId: string | undefined;
  let properties: object = {};
  const send = async (RequestType: 'Create' | 'Update' | 'Delete', ResourceProperties: object) => {
    const event = {
      RequestType,
      ServiceToken: 'arn',
      ResponseURL: 'http://localhost',
      StackId: 'stack',
      RequestId: 'request',
      ResourceType: 'Custom::GatehousePublishedKeys',
      LogicalResourceId: 'Keys',
      ResourceProperties,
      ...(RequestType !== 'Create' && { PhysicalResourceId: physicalId }),
      ...(RequestType === 'Update' && { OldResourceProperties: properties }),
    } as CloudFormationCustomResourceEvent;
    const answer = await publish(event, { kms, now: () => clock, sleep });
    physicalId = answer.PhysicalResourceId;
    properties = ResourceProperties;
    return answer;
  };
  return {
    get physicalId() {
      return physicalId;
    },
    setPhysicalId: (value: string) => {
      physicalId = value;
    },
    send,
    deploy: (states: States, emergency?: Emergency) =>
      send(physicalId ? 'Update' : 'Create', propertiesOf(states, emergency)),
  };
}

/** Numbers arrive as text, as CloudFormation sends them. */
const propertiesOf = (states: States, emergency?: Emergency) => ({
  Keys: Object.entries(states).map(([id, state]) => ({ id, state, algorithm: 'ES256', keyArn: arns[id] })),
  PublishWait: '7200',
  DropWait: '3600',
  ...(emergency && { Emergency: emergency }),
});

async function deployed(...steps: [States, waitMinutes: number][]) {
  const one = stack();
  for (const [states, wait] of steps) {
    await one.deploy(states);
    clock += wait * minute;
  }
  return one;
}

const first: [States, number] = [{ a: 'active', b: 'next' }, 121];
const rotated: [States, number] = [{ a: 'retiring', b: 'active' }, 61];

test('a first deployment activates at once, since no verifier knows another key', async () => {
  const { Data } = await stack().deploy({ a: 'active', b: 'next' });
  const published = JSON.parse(Data.PublishedKeys!);
  expect(published).toMatchObject([
    { id: 'a', state: 'active', keyArn: arns.a },
    { id: 'b', state: 'next', keyArn: arns.b },
  ]);
});

test('a whole rotation goes through when each step has waited', async () => {
  const one = await deployed(first, rotated);
  await expect(one.deploy({ b: 'active', c: 'next' })).resolves.toHaveProperty('Data.PublishedKeys');
  clock += 120 * minute;
  await expect(one.deploy({ b: 'retiring', c: 'active' })).resolves.toHaveProperty('Data.PublishedKeys');
});

test('a key signs after exactly the wait, not a second earlier, and the refusal says when', async () => {
  const one = await deployed([{ a: 'active', b: 'next' }, 0]);
  clock = start + 120 * minute - 1000;
  await expect(one.deploy({ a: 'retiring', b: 'active' })).rejects.toThrow(
    "key 'b' may be active from 2026-11-23T14:00:00.000Z on: it was published at 2026-11-23T12:00:00.000Z",
  );
  clock += 1000;
  await expect(one.deploy({ a: 'retiring', b: 'active' })).resolves.toBeDefined();
});

test('the wait is the stack’s own setting', async () => {
  const one = await deployed([{ a: 'active', b: 'next' }, 10]);
  const properties = { ...propertiesOf({ a: 'retiring', b: 'active' }), PublishWait: '600' };
  await expect(one.send('Update', properties)).resolves.toBeDefined();
});

test('a key that was never published does not sign, however old it is elsewhere', async () => {
  const one = await deployed(first);
  await expect(one.deploy({ a: 'retiring', c: 'active' })).rejects.toMatchObject({
    code: 'ROTATION_REFUSED',
    message: expect.stringContaining("key 'c' cannot be active: it has not been published yet"),
  });
});

test('a KMS key that takes the id of another is another key', async () => {
  const one = await deployed(first);
  arns.a = arns.c!;
  await expect(one.deploy({ a: 'active', b: 'next' })).rejects.toThrow(
    /key 'a' cannot be active.*; key 'a' is active and cannot be dropped/,
  );
});

test('other changes between do not start the wait again', async () => {
  const one = await deployed([{ a: 'active', b: 'next' }, 60], [{ a: 'active', b: 'next', c: 'next' }, 60]);
  await expect(one.deploy({ a: 'active', b: 'next', c: 'active' })).rejects.toThrow(/key 'c' may be active from/);
  await expect(one.deploy({ a: 'retiring', b: 'active', c: 'next' })).resolves.toBeDefined();
});

test('what is deployed again as it was changes nothing, not even the record', async () => {
  const one = await deployed(first);
  const before = one.physicalId;
  await one.deploy({ b: 'next', a: 'active' });
  expect(one.physicalId).toBe(before);
});

describe('what a deployment has just created is not known everywhere at once', () => {
  /** KMS that fails so many times before it answers. */
  const failing = (times: number, name: string): KMSClient => {
    let left = times;
    const client = Object.create(aws.kms) as KMSClient;
    const send = aws.kms.send.bind(aws.kms) as (command: unknown) => Promise<unknown>;
    client.send = (async (command: unknown) => {
      if (left-- > 0) throw Object.assign(new Error('not yet'), { name });
      return send(command);
    }) as KMSClient['send'];
    return client;
  };

  test.each(['AccessDeniedException', 'NotFoundException'])('%s is tried again', async (name) => {
    kms = failing(3, name);
    await expect(stack().deploy({ a: 'active' })).resolves.toHaveProperty('Data.PublishedKeys');
    expect(slept).toEqual([1, 2, 4]);
  });

  test('for half a minute', async () => {
    kms = failing(6, 'AccessDeniedException');
    await expect(stack().deploy({ a: 'active' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(slept.reduce((sum, seconds) => sum + seconds)).toBe(30);
  });

  test('and no other failure is', async () => {
    await aws.kms.send(new DisableKeyCommand({ KeyId: arns.a! }));
    await expect(stack().deploy({ a: 'active' })).rejects.toMatchObject({ name: 'DisabledException' });
    expect(slept).toEqual([]);
  });
});

describe('dropping', () => {
  test('waits for the last token, from when the key stopped signing here', async () => {
    const one = await deployed(first, [rotated[0], 59]);
    await expect(one.deploy({ b: 'active' })).rejects.toThrow(
      "key 'a' may be dropped from 2026-11-23T15:01:00.000Z on: it has signed until 2026-11-23T14:01:00.000Z",
    );
    clock += minute;
    await expect(one.deploy({ b: 'active' })).resolves.toBeDefined();
  });

  test('of an active key is refused', async () => {
    const one = await deployed(first);
    await expect(one.deploy({ b: 'active' })).rejects.toThrow(/key 'a' is active and cannot be dropped/);
  });

  test('of a key that signed until a rollback waits too', async () => {
    const one = await deployed(first, [rotated[0], 5], [first[0], 59]);
    await expect(one.deploy({ a: 'active' })).rejects.toThrow(/key 'b' may be dropped from/);
    clock += minute;
    await expect(one.deploy({ a: 'active' })).resolves.toBeDefined();
  });

  test('of a key that never signed needs no wait', async () => {
    const one = await deployed([{ a: 'active', b: 'next' }, 0]);
    await expect(one.deploy({ a: 'active' })).resolves.toBeDefined();
  });
});

describe('an emergency', () => {
  test('lifts the wait of the key that it names', async () => {
    const one = await deployed([{ a: 'active', b: 'next' }, 5]);
    await expect(one.deploy({ a: 'retiring', b: 'active' }, { active: ['b'] })).resolves.toBeDefined();
  });

  test('lifts the wait of no other key', async () => {
    const one = await deployed([{ a: 'active', b: 'next', c: 'next' }, 5]);
    await expect(one.deploy({ a: 'retiring', b: 'active', c: 'next' }, { active: ['c'] })).rejects.toThrow(/key 'b'/);
  });

  test('drops the compromised key in the deployment that activates the standby', async () => {
    const one = await deployed(first);
    await expect(one.deploy({ b: 'active' }, { dropped: ['a'] })).resolves.toBeDefined();
  });

  test('of an activation does not let a key be dropped', async () => {
    const one = await deployed(first);
    await expect(one.deploy({ b: 'active' }, { active: ['a', 'b'] })).rejects.toThrow(/key 'a' is active/);
  });
});

describe('a rollback is never refused', () => {
  const failures: [string, States, Emergency | undefined][] = [
    ['of an activation', { a: 'retiring', b: 'active' }, undefined],
    ['of an emergency, which dropped the key that has to sign again', { b: 'active' }, { dropped: ['a'] }],
    ['of a new key', { a: 'active', b: 'next', c: 'next' }, undefined],
    ['of a new key that signed at once', { a: 'retiring', b: 'next', c: 'active' }, { active: ['c'] }],
  ];

  test.each(failures)('%s, when a later resource failed', async (_, states, emergency) => {
    const one = await deployed(first);
    await one.deploy(states, emergency);
    clock += minute;
    await expect(one.deploy(first[0])).resolves.toHaveProperty('Data.PublishedKeys');
  });

  test('after a refusal of our own', async () => {
    const one = await deployed([first[0], 1]);
    await expect(one.deploy({ a: 'retiring', b: 'active' })).rejects.toThrow(/may be active from/);
    await expect(one.deploy(first[0])).resolves.toHaveProperty('Data.PublishedKeys');
  });

  test('and the failed step may be tried again, without another wait for the key that stayed published', async () => {
    const one = await deployed(first);
    await one.deploy({ a: 'retiring', b: 'active' });
    await one.deploy(first[0]);
    await one.deploy({ ...first[0], c: 'next' });
    await expect(one.deploy({ a: 'retiring', b: 'active', c: 'next' })).resolves.toBeDefined();
  });
});

test('a stack from before there was a record is taken as it is, and the times run from then on', async () => {
  const one = await deployed([{ a: 'active', b: 'next' }, 500]);
  one.setPhysicalId('Keys');
  await one.deploy({ a: 'active', b: 'next', c: 'next' });
  await expect(one.deploy({ a: 'retiring', b: 'active', c: 'next' })).rejects.toThrow(/key 'b' may be active from/);
  clock += 120 * minute;
  await expect(one.deploy({ a: 'retiring', b: 'active', c: 'next' })).resolves.toBeDefined();
});

test('deletion needs neither KMS nor properties', async () => {
  const one = await deployed(first);
  const before = one.physicalId;
  const answer = await one.send('Delete', {});
  expect(answer).toEqual({ PhysicalResourceId: before, Data: {} });
});

test('a record that was tampered with is refused, not guessed', async () => {
  const one = await deployed(first);
  one.setPhysicalId(one.physicalId!.replace('=next/', '=old/'));
  await expect(one.deploy(first[0])).rejects.toThrow(/has an entry 'b\.[\w-]+=old\/\d+\/\d+' that cannot be read/);
});

test('the answer fits into what CloudFormation takes, for the longest list that synthesis lets through', async () => {
  const ids = Array.from({ length: 9 }, (_, index) => `${index}`.padEnd(32, 'k'));
  for (const id of ids) arns[id] = `${await createKey(aws.kms, 'EdDSA')}`;
  const Keys = ids.map((id, index) => ({
    id,
    algorithm: 'EdDSA',
    state: index ? 'retiring' : 'active',
    keyArn: arns[id],
  }));
  const one = stack();
  await one.send('Create', { Keys });
  const answer = await one.send('Update', {
    Keys: Keys.slice(0, 8).concat(Keys.slice(8).map((key) => ({ ...key, state: 'next' }))),
  });
  const body = JSON.stringify({
    Status: 'SUCCESS',
    StackId: 'x'.repeat(240),
    RequestId: 'x'.repeat(36),
    LogicalResourceId: 'x'.repeat(120),
    ...answer,
  });
  expect(answer.PhysicalResourceId.length).toBeLessThanOrEqual(1024);
  expect(body.length).toBeLessThanOrEqual(4096);
});
