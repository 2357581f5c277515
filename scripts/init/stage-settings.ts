import { checkStage, type StageConfig } from '../../lib/config.ts';
import type { ConfiguredKey } from '../keys/step.ts';
import { InitError } from './init-error.ts';
import type { Answers } from './questions.ts';

export type InitialStage = 'dev' | 'prod';

/** The settings of both stages, sound in the eyes of synth. Throws `InitError` that names the flag at fault. */
export function stageSettings(
  answers: Answers,
  zone: string | undefined,
  keys: Readonly<Record<InitialStage, readonly ConfiguredKey[]>>,
): Record<InitialStage, StageConfig> {
  const { name, domain, 'zone-id': zoneId, 'mail-from': from } = answers;
  const hostedZone = { id: zoneId, name: zone ?? domain.replace(/^[^.]*\./, '') };
  const [mailbox, mailDomain = ''] = from.split('@');
  const mailIsInZone = zoneId !== '' && `.${mailDomain}`.endsWith(`.${hostedZone.name}`);
  const certificateArn = answers['certificate-arn'];
  const prod: StageConfig = {
    productName: name,
    domain: { name: domain, ...(certificateArn && { certificateArn }), ...(zoneId && { hostedZone }) },
    mail: { from, ...(mailIsInZone && { hostedZone }) },
    trustedOrigins: list(answers.origins),
    adminNetworks: list(answers['admin-networks']),
    signingKeys: [...keys.prod],
  };
  const dev: StageConfig = {
    productName: `${name} (dev)`,
    mail: { from: `${mailbox}@dev.${mailDomain}` },
    trustedOrigins: ['http://localhost:5173'],
    adminNetworks: list(answers['admin-networks']),
    signingKeys: [...keys.dev],
  };
  for (const [stage, settings] of [
    ['prod', prod],
    ['dev', dev],
  ] as const)
    check(stage, settings);
  return { dev, prod };
}

/** The setting of a flag comes before what is under it. */
const flags: readonly (readonly [setting: string, flag: string])[] = [
  ['productName', '--name'],
  ['domain.certificateArn', '--certificate-arn'],
  ['domain.hostedZone.name', '--zone'],
  ['domain.hostedZone', '--zone-id'],
  ['domain', '--domain'],
  ['mail', '--mail-from'],
  ['trustedOrigins', '--origins'],
  ['adminNetworks', '--admin-networks'],
];

function check(stage: InitialStage, settings: StageConfig): void {
  try {
    checkStage(stage, settings);
  } catch (error) {
    throw new InitError('USAGE', (error as Error).message.split('\n').map(named).join('\n'));
  }
}

function named(problem: string): string {
  if (problem === 'domain: needs certificateArn or hostedZone') return '--zone-id or --certificate-arn is needed';
  const flag = flags.find(([setting]) => problem.startsWith(setting))?.[1];
  return flag ? `${flag}: ${problem}` : problem;
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
