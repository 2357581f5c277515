import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { alarmNames } from '../../contract/alarm-defaults.ts';
import { auditEvents } from '../../lambda/audit/catalogue.ts';
import { accessLogFormat } from '../../lib/access-log.ts';
import { runbookPage } from '../../lib/alarms/runbook.ts';
import { stageConfig } from '../../lib/stage-config.ts';
import { alarmsPage } from '../../scripts/alarms/page.ts';
import { eventSchema } from '../../scripts/events/event-schema.ts';
import { resourcesOf, templateOf } from '../lib/support.ts';

const folder = 'docs/runbooks';
const read = (page: string) => readFileSync(`${folder}/${page}`, 'utf8');
const pages = readdirSync(folder).filter((name) => name !== 'README.md');
const alarms = [...alarmNames, 'UnderAttack', 'RolloutVersionErrors', 'RolloutAnswerErrors'];

test('docs/alarms.md is what npm run report:alarms prints', () => {
  expect(readFileSync('docs/alarms.md', 'utf8')).toBe(alarmsPage());
});

test('every alarm has its page, and every page its alarm and a place in the index', () => {
  expect([...pages].sort()).toEqual(alarms.map(runbookPage).sort());
  const index = [...read('README.md').matchAll(/^- \[(\w+)\]\(([a-z-]+\.md)\)$/gm)];
  expect(index.map(([, name]) => name).sort()).toEqual([...alarms].sort());
  for (const [, name, page] of index) expect(page).toBe(runbookPage(name!));
});

test('the link of every alarm of the templates leads to a page', () => {
  const templates = [
    templateOf('prod', { expectTraffic: true, audit: { trailLogGroupName: 'trail' } }),
    templateOf('dev'),
  ];
  const made = templates.flatMap((template) =>
    ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      Object.values(resourcesOf(template, type)),
    ),
  );
  expect(made.length).toBeGreaterThan(50);
  const links = made.map(({ Properties }) => / Runbook: docs\/runbooks\/(\S+)$/.exec(Properties.AlarmDescription)?.[1]);
  expect(links.filter((page) => !pages.includes(page!))).toEqual([]);
});

/** Attributes of a schema, by their paths. */
function pathsOf(schema: { shape?: object; unwrap?: () => object }, prefix = ''): string[] {
  const inner = schema.unwrap ? (schema.unwrap() as typeof schema) : schema;
  if (!inner.shape) return [prefix];
  return Object.entries(inner.shape).flatMap(([name, each]) => [
    ...(prefix ? [prefix] : []),
    ...pathsOf(each as typeof schema, prefix ? `${prefix}.${name}` : name),
  ]);
}

/** What CloudWatch Logs itself adds to a line. */
const system = ['@timestamp', '@message'];

/** https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html, platform.report. */
const lambdaReport = [
  ...['type', 'record.requestId', 'record.status', 'record.errorType', 'record.metrics.durationMs'],
  ...['record.metrics.maxMemoryUsedMB', 'record.metrics.initDurationMs'],
];

/** What logger.error and logger.warn write besides. */
const powertools = ['level', 'message', 'errorName', 'code'];

/** https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html */
const wafLog = [
  ...['action', 'terminatingRuleId', 'httpRequest.clientIp', 'httpRequest.country', 'httpRequest.uri'],
  'httpRequest.httpMethod',
];

const fieldsOfLogs: Readonly<Record<string, readonly string[]>> = {
  audit: [...pathsOf(eventSchema, '').map((path) => `audit.${path}`), ...lambdaReport, ...powertools],
  access: Object.keys(JSON.parse(accessLogFormat.toString()) as object),
  firewall: wafLog,
  // What lambda/mailer/handler.ts writes.
  mailer: ['level', 'message', 'messageId', 'error'],
};

const words = new Set(
  [
    ...['fields', 'filter', 'stats', 'sort', 'limit', 'by', 'as', 'in', 'like', 'not', 'and', 'or', 'asc', 'desc'],
    ...['count', 'count_distinct', 'sum', 'min', 'max', 'pct', 'bin', 'ispresent', '5m', '1m', '1h'],
  ].map((word) => word.toLowerCase()),
);

/** Names that a query reads: neither texts, patterns, words of the language, nor names that it gives. */
function fieldsIn(query: string): string[] {
  const bare = query.replaceAll(/'[^']*'/g, '').replaceAll(/like \/.*?\/(?=\s|$)/g, '');
  const given = new Set([...bare.matchAll(/\bas (\w+)/g)].map(([, name]) => name));
  const names = [...bare.matchAll(/@?[A-Za-z][\w.]*/g)].map(([name]) => name.replace(/\.$/, ''));
  return names.filter((name) => !words.has(name.toLowerCase()) && !given.has(name) && !/^[mh]$/.test(name));
}

describe.each(pages)('%s', (page) => {
  const text = read(page);
  const queries = [...text.matchAll(/^ {3}```insights (\w+)\n([\s\S]*?)^ {3}```$/gm)].map(
    ([, log, query]) => [log!, query!.replaceAll(/^ {3}/gm, '')] as const,
  );

  test('says what it means, what to look at, what to do and when it is over', () => {
    const [title, ...sections] = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
    expect(runbookPage(title!)).toBe(page);
    expect(sections).toEqual(['Look first', 'Do', 'Over']);
  });

  test('has three queries of which every field is one of the log', () => {
    expect(queries).toHaveLength(3);
    for (const [log, query] of queries) {
      const fields = fieldsIn(query);
      expect(fields.filter((field) => ![...system, ...(fieldsOfLogs[log] ?? [])].includes(field))).toEqual([]);
      expect(query).toMatch(/^(fields|filter|stats) /);
    }
  });

  test('names events, alarms and settings that there are', () => {
    const compared = queries.flatMap(([, query]) =>
      [...query.matchAll(/audit\.event (?:=|in) (\[.*?\]|'.*?')/g)].flatMap(
        ([, list]) => list!.match(/(?<=')\w+(?=')/g) ?? [],
      ),
    );
    const named = [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name]) => name!);
    expect([...compared, ...named].filter((event) => !(event in auditEvents))).toEqual([]);

    const known = [...alarms, 'SignInSucceeded', 'SignInFailed'];
    const capitals = [...text.matchAll(/`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`/g)].map(([, name]) => name!);
    const unknown = capitals.filter(
      (name) =>
        !known.includes(name) &&
        !/Exception$|^(MessageRejected|PutKeyPolicy|InternalServerError|TimeoutError)$/.test(name),
    );
    expect(unknown).toEqual([]);

    const settings = [...text.matchAll(/`([a-z]+(?:[A-Z][a-z]+)+)(?:[.:][^`]*)?`/g)].map(([, name]) => name!);
    const options = ['onUnavailable', 'breachCheck', 'integrationStatus', 'sourceIPAddress', 'userIdentity'];
    expect(settings.filter((name) => !(name in stageConfig.shape) && !options.includes(name))).toEqual([]);
  });
});
