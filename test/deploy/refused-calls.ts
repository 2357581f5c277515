import { type EmulatorApi, elements } from '../../local/account/api.ts';
import type { ApiCall } from '../../local/account/calls.ts';
import { type AccessRequest, accessRequests, arn, secretArn } from './access-requests.ts';
import { documentedPolicy } from './documented-policy.ts';
import { evaluate, type Policy } from './evaluate.ts';
import { type EncryptionKeys, impliedRequests } from './implied-requests.ts';

interface LambdaFunction {
  readonly FunctionName: string;
  readonly Role: string;
  readonly LoggingConfig: { readonly LogGroup: string };
}

interface EventSource {
  readonly FunctionArn: string;
  readonly EventSourceArn: string;
}

/**
 * Which calls of the functions AWS would have refused. The emulator lets every role do everything, so that the policies as deployed
 * are evaluated here: those of the roles, of the keys, and the permissions boundary that docs/policies offers.
 *
 * @returns a line for each, with the function, the action, the resource and the condition keys; none when all is granted.
 */
export async function refusedCalls(
  api: EmulatorApi,
  calls: readonly ApiCall[],
  keys: EncryptionKeys,
): Promise<string[]> {
  const { Functions } = (await api.get('/2015-03-31/functions')) as unknown as { Functions: LambdaFunction[] };
  const sources = (await api.get('/2015-03-31/event-source-mappings')) as { EventSourceMappings?: EventSource[] };
  const boundary = documentedPolicy('permissions-boundary');
  const refused: string[] = [];
  for (const { FunctionName, Role, LoggingConfig } of Functions) {
    const consumed = (sources.EventSourceMappings ?? []).filter((source) => source.FunctionArn.includes(FunctionName));
    const direct = [
      ...calls.filter(({ functionName }) => functionName === FunctionName).flatMap(accessRequests),
      ...consumed.flatMap(({ EventSourceArn }) => consuming(EventSourceArn)),
      {
        action: 'logs:PutLogEvents',
        resource: arn('logs', `log-group:${LoggingConfig.LogGroup}:log-stream:any`),
        context: {},
      },
    ];
    const requests = direct.flatMap((request) => [request, ...impliedRequests(request, keys)]);
    const policies = await rolePolicies(api, Role);
    for (const request of distinct(requests)) {
      const { policy, tags } = await keyFacts(api, request.resource);
      const tagged = { ...request, context: { ...request.context, ...tags } };
      const result = await evaluate({ principal: Role, policies, request: tagged, resourcePolicy: policy, boundary });
      if (result !== 'Allowed') refused.push(`${FunctionName}: ${result}: ${JSON.stringify(tagged)}`);
    }
  }
  return refused;
}

/** What Lambda does with a queue in the name of the function's role. */
const consuming = (queue: string): AccessRequest[] =>
  ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'].map((operation) => ({
    action: `sqs:${operation}`,
    resource: queue,
    context: {},
  }));

const distinct = (requests: readonly AccessRequest[]): AccessRequest[] => [
  ...new Map(requests.map((request) => [JSON.stringify(request), request])).values(),
];

async function rolePolicies(api: EmulatorApi, roleArn: string): Promise<Policy[]> {
  const RoleName = roleArn.split('/').at(-1)!;
  const names = elements(await api.query('iam', 'ListRolePolicies', { RoleName }), 'member');
  return Promise.all(
    names.map(async (PolicyName) => {
      const xml = await api.query('iam', 'GetRolePolicy', { RoleName, PolicyName });
      return withSecretArns(JSON.parse(decodeURIComponent(elements(xml, 'PolicyDocument')[0]!)) as Policy);
    }),
  );
}

/** Where a policy names a secret by its Ref, see `secretArn`. */
const withSecretArns = (policy: Policy): Policy => ({
  ...policy,
  Statement: (policy.Statement as Policy[]).map((statement) =>
    JSON.stringify(statement.Action).includes('secretsmanager:')
      ? { ...statement, Resource: [statement.Resource].flat().map((id) => secretArn(String(id))) }
      : statement,
  ),
});

/** What a KMS key adds to a decision: its policy, and its tags as condition keys. */
async function keyFacts(
  api: EmulatorApi,
  resource: string,
): Promise<{ policy?: Policy; tags?: Record<string, string> }> {
  if (!resource.startsWith('arn:aws:kms:')) return {};
  const { Policy } = await api.json('kms', 'TrentService.GetKeyPolicy', { KeyId: resource, PolicyName: 'default' });
  const { Tags = [] } = await api.json('kms', 'TrentService.ListResourceTags', { KeyId: resource });
  const tags = (Tags as { TagKey: string; TagValue: string }[]).map(
    ({ TagKey, TagValue }) => [`aws:ResourceTag/${TagKey}`, TagValue] as const,
  );
  return { policy: JSON.parse(String(Policy)) as Policy, tags: Object.fromEntries(tags) };
}
