import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EmulatorApi, emulatorApi } from '../../local/account/api.ts';
import type { Emulator } from '../../local/account/emulator.ts';
import { gatewayAddress } from '../../local/account/gateway-address.ts';
import { sentMail } from '../../local/account/sent-mail.ts';
import { region } from '../../local/aws/protocol.ts';
import { connectAt } from '../e2e/connect-at.ts';
import type { FlowTarget } from '../e2e/flow-target.ts';
import { eventually } from '../local/processes.ts';
import { physicalId, stackResources } from './stack-resources.ts';
import { stage } from './stage.ts';

/** What was deployed into an emulated account, as clients find it. */
export async function accountTarget(emulator: Emulator, stack: string, baseUrl: string): Promise<FlowTarget> {
  const api = emulatorApi(emulator.endpoint);
  const resources = await stackResources(api, stack);
  const auditLogs = physicalId(resources, 'AWS::Logs::LogGroup', 'GatehouseAuditTrail');
  const table = physicalId(resources, 'AWS::DynamoDB::GlobalTable', 'GatehouseIdentityTable');
  return {
    url: baseUrl,
    fetch: connectAt(baseUrl, gatewayAddress(baseUrl, emulator)),
    auditEvents: () => auditEvents(api, auditLogs),
    mailedLink: (to, endpoint) => mailedLink(emulator.endpoint, to, endpoint),
    trustedOrigin: stage.trustedOrigins![0]!,
    identityTable: { client: accountDynamoDb(emulator), name: table },
  };
}

export const accountDynamoDb = ({ endpoint }: Emulator): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

async function mailedLink(endpoint: string, to: string, path: string): Promise<string> {
  let link: string | undefined;
  await eventually(async () => {
    const mails = await sentMail(endpoint);
    link = mails.findLast((mail) => mail.to.includes(to) && mail.link?.includes(path))?.link;
    return link !== undefined;
  }, 30_000);
  return link!;
}

interface LogEvents {
  readonly events: readonly { readonly message: string }[];
  readonly nextToken?: string;
}

async function auditEvents(api: EmulatorApi, logGroupName: string): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = (await api.json('logs', 'Logs_20140328.FilterLogEvents', {
      logGroupName,
      nextToken,
    })) as unknown as LogEvents;
    for (const { message } of page.events) {
      const name = message.startsWith('{') && (JSON.parse(message) as { audit?: { event?: string } }).audit?.event;
      if (name) names.push(name);
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}
