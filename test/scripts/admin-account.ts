import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ApiCall, apiCall } from '../../local/account/calls.ts';
import type { LocalStack } from '../../local/stack.ts';

/** Of CloudFormation and STS: what a stack's name means, and who asks. */
export interface AccountFacts {
  readonly stacks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly arn: string;
}

export interface RecordingAccount {
  /** Oldest first. */
  readonly calls: readonly ApiCall[];
  stop(): Promise<void>;
}

/**
 * An account behind one endpoint, to which the SDK's variables point until `stop`. CloudFormation and STS answer as the facts say; all
 * else goes on to the stand-ins of a stack, where there is one.
 */
export async function startAccount(facts: AccountFacts, stack?: LocalStack): Promise<RecordingAccount> {
  const calls: ApiCall[] = [];
  const server = createServer(async (request, response) => {
    const [target = '', body] = [request.headers['x-amz-target'] as string | undefined, await text(request)];
    const [, accessKeyId = '', service = ''] =
      /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const { method = '', url: path = '' } = request;
    const call = apiCall('admin', { at: Date.now(), accessKeyId, service, method, path, target, body });
    calls.push(call);
    const parameters = new URLSearchParams(body);
    if (parameters.has('Action')) {
      const [status, xml] = answer(facts, parameters.get('Action')!, parameters.get('StackName') ?? '');
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
      return;
    }
    const { host: _, connection: __, ...headers } = request.headers as Record<string, string>;
    const endpoint = service === 'dynamodb' ? stack!.dynamodbEndpoint : stack!.awsEndpoint;
    const answered = await fetch(endpoint, { method, headers, body });
    response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(await answered.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const variables = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  Object.assign(process.env, variables);
  return {
    calls,
    stop: async () => {
      for (const name of Object.keys(variables)) delete process.env[name];
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer({ stacks, arn }: AccountFacts, action: string, stack: string): [number, string] {
  if (action === 'GetCallerIdentity') return [200, wrap(action, `<Arn>${arn}</Arn>`)];
  if (stack === 'Forbidden')
    return [403, failure('AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks')];
  const found = stacks[stack];
  if (!found) return [400, failure('ValidationError', `Stack with id ${stack} does not exist`)];
  const members = Object.entries(found).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return [200, wrap(action, `<Stacks><member><Outputs>${members.join('')}</Outputs></member></Stacks>`)];
}

const wrap = (action: string, result: string) =>
  `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
const failure = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
