import * as z from 'zod';
import { type AuditEventId, type AuditEventType, auditEvents } from '../../lambda/audit/catalogue.ts';
import { eventSchema } from './event-schema.ts';
import { meanings } from './meanings.ts';

export const pageFile = 'docs/events.md';

/** Of OCSF 1.6, those that the catalogue uses. */
const classes: Readonly<Record<AuditEventType['classUid'], readonly [name: string, Readonly<Record<number, string>>]>> =
  {
    3001: [
      'Account Change',
      {
        1: 'Create',
        3: 'Password Change',
        4: 'Password Reset',
        6: 'Delete',
        9: 'Lock',
        10: 'MFA Factor Enable',
        11: 'MFA Factor Disable',
        12: 'Unlock',
        99: 'Other',
      },
    ],
    3002: [
      'Authentication',
      { 1: 'Logon', 2: 'Logoff', 3: 'Authentication Ticket', 6: 'Preauth', 7: 'Account Switch', 99: 'Other' },
    ],
    3004: ['Entity Management', { 3: 'Update' }],
  };

const severities = { 1: 'informational', 2: 'low', 3: 'medium', 4: 'high' } as const;

/** The text of docs/events.md. */
export const eventsPage = (): string => `# Audit events

Written by \`npm run report:events\` from the catalogue, [lambda/audit/catalogue.ts](../lambda/audit/catalogue.ts), and the schema that
the tests hold every line against, [scripts/events/event-schema.ts](../scripts/events/event-schema.ts). What is recorded, what is not,
and what can be lost is said in [audit.md](audit.md).

## Events

Class and activity are those of [OCSF 1.6](https://schema.ocsf.io/1.6.0/categories/iam). A metric counts the events that name it.

| event | sent when | class, activity | severity | status | metrics |
|---|---|---|---|---|---|
${Object.entries(auditEvents)
  .map(([id, type]) => row(id as AuditEventId, type))
  .join('\n')}

## Attributes

Each event is the attribute \`audit\` of one JSON log line, whose \`message\` is the event's id.

| attribute | type | |
|---|---|---|
${attributeRows(z.toJSONSchema(eventSchema) as Schema).join('\n')}
`;

function row(id: AuditEventId, { classUid, activityId, severityId, success, metric, alsoMetric }: AuditEventType) {
  const [className, activities] = classes[classUid];
  const activity = `${className} (${classUid}), ${activities[activityId]} (${activityId})`;
  const counted = [metric, alsoMetric].filter((name) => name !== undefined).map((name) => `\`${name}\``);
  const status = success ? 'success' : 'failure';
  return `| \`${id}\` | ${meanings[id]} | ${activity} | ${severities[severityId]} | ${status} | ${counted.join(', ')} |`;
}

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
}

function attributeRows({ properties = {}, required = [] }: Schema, prefix = '', above = true): string[] {
  return Object.entries(properties).flatMap(([name, inner]) => {
    const always = above && required.includes(name);
    const path = `${prefix}${name}`;
    const nested = attributeRows(inner, `${path}.`, always);
    const line = `| \`${path}\` | ${typeOf(inner)}${always ? ', always' : ''} | ${inner.description ?? ''} |`;
    return nested.length > 0 && !inner.description ? nested : [line, ...nested];
  });
}

const typeOf = ({ type, const: value, anyOf }: Schema): string =>
  value === undefined ? (type ?? [...new Set(anyOf?.map(typeOf))].join(' or ')) : `\`${JSON.stringify(value)}\``;
