import type { CommandName } from '../../scripts/admin/arguments.ts';
import type { AccessRequest } from '../deploy/access-requests.ts';
import { arn, secretArn } from '../deploy/access-requests.ts';

/** What commands reach of a stack. */
export type Reached = 'stack' | 'audit log' | 'operators' | 'identities' | 'limits' | 'secret';

/** An action, and what it is on. */
type Request = `${string} on ${Reached}`;

/** Of every command: it finds the stack, and puts its use on record. */
const common: readonly Request[] = [
  'cloudformation:DescribeStacks on stack',
  'logs:CreateLogStream on audit log',
  'logs:PutLogEvents on operators',
];

const onIdentities = (...operations: string[]) =>
  operations.map((operation): Request => `dynamodb:${operation} on identities`);

/** What IAM is asked for when a command runs, beside `common`. admin.test.ts runs each and compares. */
const own: Readonly<Record<CommandName, readonly Request[]>> = {
  create: onIdentities('PutItem'),
  promote: onIdentities('GetItem', 'UpdateItem'),
  demote: onIdentities('GetItem', 'UpdateItem'),
  show: onIdentities('GetItem'),
  sessions: onIdentities('GetItem', 'Query'),
  unlock: [...onIdentities('GetItem'), 'dynamodb:UpdateItem on limits', 'secretsmanager:GetSecretValue on secret'],
  revoke: onIdentities('GetItem', 'Query', 'PutItem', 'DeleteItem'),
  disable: onIdentities('GetItem', 'Query', 'PutItem', 'DeleteItem'),
  enable: onIdentities('GetItem', 'UpdateItem'),
  export: onIdentities('GetItem', 'Query'),
  erase: onIdentities('GetItem', 'Query', 'DeleteItem'),
  events: ['logs:FilterLogEvents on audit log'],
  check: onIdentities('Scan'),
};

export const commands = Object.keys(own) as CommandName[];
export const requestsOf = (command: CommandName): readonly Request[] => [...common, ...own[command]].sort();

/** A recorded request, in these words; what is none of the stack's stays an ARN. */
export function nameRequest({ action, resource }: AccessRequest, outputs: Readonly<Record<string, string>>): string {
  const group = arn('logs', `log-group:${outputs.AuditLogGroupName}`);
  const names: Readonly<Record<string, Reached>> = {
    [arn('cloudformation', 'stack/Recorded/*')]: 'stack',
    [group]: 'audit log',
    [`${group}:log-stream:operators/assumed-role/Admin/ada`]: 'operators',
    [arn('dynamodb', `table/${outputs.IdentityTableName}`)]: 'identities',
    [arn('dynamodb', `table/${outputs.RateLimitTableName}`)]: 'limits',
    [secretArn(outputs.AuthSecretArn!)]: 'secret',
  };
  return `${action} on ${names[resource] ?? resource}`;
}
