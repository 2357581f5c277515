import * as z from 'zod';
import { type Stage, stages } from '../contract/environment.ts';
import { thresholdProblems } from './alarms/thresholds.ts';
import { throttleProblems } from './auth-api-settings.ts';
import { clientAddressProblems } from './client-address.ts';
import { domainProblems, keySetDomainProblems } from './domain-settings.ts';
import { edgeProblems } from './edge-settings.ts';
import { capacityProblems } from './function-settings.ts';
import { tableProblems } from './hardened-table.ts';
import { mailProblems } from './mail-settings.ts';
import { settingProblems } from './settings.ts';
import { defaultSigningKeys, tokenAlgorithmProblems } from './signing-key-config.ts';
import { type StageConfig, stageConfig } from './stage-config.ts';
import { strengthProblems } from './strength.ts';

export type { StageConfig };

/** What to deploy, by stage; every setting is in docs/configuration.md. */
export interface GatehouseConfig {
  readonly stages: Readonly<Partial<Record<Stage, StageConfig>>>;
}

const config = z.strictObject({ stages: z.partialRecord(z.enum(stages), z.unknown()) });

/** Checks a configuration and returns it. Throws an error that names every setting at fault: `stages.prod.baseUrl …`. */
export function defineConfig(input: GatehouseConfig): GatehouseConfig {
  const { stages: given } = parse(config, input, []);
  for (const stage of stages) if (given[stage] !== undefined) checkStage(stage, given[stage], ['stages', stage]);
  return input;
}

/** Checks the settings of one stage. */
export function checkStage(stage: Stage, input: unknown, path: readonly string[] = []): z.output<typeof stageConfig> {
  const settings = parse(stageConfig, input, path);
  const { domain, baseUrl, keySetDistribution, mail, region } = settings;
  const { identityReadCeiling, identityWriteCeiling, rateLimitWriteCeiling } = settings;
  const problems = [
    ...settingProblems({ stage, ...settings }),
    ...throttleProblems(settings),
    ...capacityProblems(settings),
    ...tableProblems({ identityReadCeiling, identityWriteCeiling, rateLimitWriteCeiling }, {}),
    ...thresholdProblems('alarmThresholds', settings.alarmThresholds),
    ...clientAddressProblems(settings.clientAddress),
    ...strengthProblems({
      stage,
      ...settings,
      domain: ['domain', domain !== undefined],
      retention: { auditRetentionDays: settings.auditRetentionDays, logRetentionDays: settings.logRetentionDays },
    }),
    ...mailProblems({
      from: ['mail.from', mail.from],
      identity: {
        'mail.verify': mail.verify,
        'mail.existingIdentity': mail.existingIdentity,
        'mail.hostedZone': mail.hostedZone?.name,
      },
    }),
  ];
  for (const message of tokenAlgorithmProblems(
    settings.tokenAlgorithms ?? {},
    settings.signingKeys ?? defaultSigningKeys,
  )) {
    problems.push({ setting: 'tokenAlgorithms', message });
  }
  if (keySetDistribution) {
    problems.push(
      ...keySetDomainProblems({
        name: ['keySetDistribution.name', keySetDistribution.name],
        certificateArn: ['keySetDistribution.certificateArn', keySetDistribution.certificateArn],
        zoneName: keySetDistribution.hostedZone?.name,
        issuer: domain ? `https://${domain.name}` : baseUrl,
      }),
    );
  }
  if (domain) {
    problems.push(
      ...domainProblems({
        name: ['domain.name', domain.name],
        certificateArn: ['domain.certificateArn', domain.certificateArn],
        zoneName: domain.hostedZone?.name,
        region,
      }),
    );
  }
  if (settings.cloudFront) {
    problems.push(
      ...edgeProblems({
        setting: 'cloudFront',
        domain: ['domain.name', domain?.name],
        certificateArn: ['cloudFront.certificateArn', settings.cloudFront.certificateArn],
        webAclArn: settings.cloudFront.webAclArn,
        originSecrets: settings.cloudFront.originSecrets,
        region: undefined,
        hasClientAddress: settings.clientAddress !== undefined,
      }),
    );
  }
  if (domain && baseUrl) {
    problems.push({ setting: 'baseUrl', message: `'${baseUrl}' excludes domain; give one of the two` });
  }
  if (problems.length > 0) {
    throw new Error(problems.map(({ setting, message }) => `${[...path, setting].join('.')}: ${message}`).join('\n'));
  }
  return settings;
}

function parse<Schema extends z.ZodType>(schema: Schema, input: unknown, path: readonly string[]): z.output<Schema> {
  const { data, error } = schema.safeParse(input);
  if (!error) return data as z.output<Schema>;
  throw new Error(
    error.issues
      .map((issue) => `${[...path, ...issue.path.map(String)].join('.') || 'config'}: ${issue.message}`)
      .join('\n'),
  );
}
