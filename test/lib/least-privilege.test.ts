import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import type { Resources } from '../../scripts/keys/policy/resolve.ts';
import { evaluatedStack, leastPrivilegePage, pageFile } from '../../scripts/least-privilege/page.ts';
import { wildcardsIn } from '../../scripts/least-privilege/wildcards.ts';

let resources: Resources;
beforeAll(() => {
  resources = evaluatedStack();
});

// biome-ignore lint/suspicious/noExplicitAny: the tests change policies at will
type Loose = any;

/** The page for a template with a mistake in it. */
function pageWith(mistake: (resource: (type: string, pattern: RegExp) => Loose) => void): Promise<string> {
  const changed = structuredClone(resources) as Record<string, Loose>;
  mistake((type, pattern) => {
    const [, resource] = Object.entries(changed).find(([id, { Type }]) => Type === type && pattern.test(id)) ?? [];
    if (!resource) throw new Error(`no ${type} matches ${pattern}`);
    return resource.Properties;
  });
  return leastPrivilegePage(changed);
}

const grant = (role: RegExp, Action: string, Resource: unknown) =>
  pageWith((find) =>
    find('AWS::IAM::Policy', role).PolicyDocument.Statement.push({ Effect: 'Allow', Action, Resource }),
  );

test('the page is what the evaluation of the template says', async () => {
  expect(readFileSync(pageFile, 'utf8')).toBe(await leastPrivilegePage(resources));
}, 120_000);

test.each([
  ['a scan', /AuthFunction/, 'dynamodb:Scan', '*', 'auth, dynamodb:Scan on identity table'],
  ['a mailer that signs', /Mailer/, 'kms:GetPublicKey', '*', 'mailer, kms:GetPublicKey on signing key'],
  ['a function that runs others', /AuthFunction/, 'lambda:InvokeFunction', '*', 'auth, lambda:InvokeFunction'],
  ['a rollout that puts new code', /Rollout/, 'lambda:Update*', '*', 'rollout, lambda:UpdateFunctionCode'],
])('%s is refused by name, instead of being written into the page', async (_, role, action, resource, message) => {
  await expect(grant(role, action, resource)).rejects.toThrow(`${message}`);
});

test('a right that is missing is an error too', async () => {
  const page = pageWith((find) => {
    const { PolicyDocument } = find('AWS::IAM::Policy', /AuthFunction/);
    PolicyDocument.Statement = PolicyDocument.Statement.filter(
      ({ Action }: { Action: unknown }) => !JSON.stringify(Action).includes('sqs:SendMessage'),
    );
  });
  await expect(page).rejects.toThrow('auth, sqs:SendMessage on mail queue: is denied; requests.ts says otherwise');
});

test('so is a service that gets through for somebody else', async () => {
  const page = pageWith((find) => {
    find('AWS::SNS::TopicPolicy', /Alarms/).PolicyDocument.Statement.push({
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: '*',
    });
  });
  await expect(page).rejects.toThrow('alarms of another account: is allowed; service-requests.ts says otherwise');
});

test('a wildcard needs a reason, and none is good for an action', () => {
  const statement = { Effect: 'Allow', Resource: '*' };
  expect(wildcardsIn({ ...statement, Action: 'xray:PutTraceSegments' })).toHaveLength(1);
  expect(() => wildcardsIn({ ...statement, Action: 'sqs:SendMessage' })).toThrow(
    "sqs:SendMessage on '*' has no reason; name the resource, or say why it cannot be",
  );
  expect(() => wildcardsIn({ ...statement, Action: 'xray:*' })).toThrow("'xray:*' is not allowed");
  expect(wildcardsIn({ ...statement, Effect: 'Deny', Action: 'ec2:*' })).toEqual([]);
});
