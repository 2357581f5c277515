import { alarmNames, alarmThresholds } from '../../contract/alarm-defaults.ts';
import { definitionOf } from '../../lib/alarms/definitions.ts';
import { runbookPage } from '../../lib/alarms/runbook.ts';
import { defending, failing, underAttackMeaning } from '../../lib/alarms/under-attack.ts';
import { table } from '../costs/text.ts';

const intro = `# Alarms

<!-- Printed by \`npm run report:alarms\`; a test fails when the page is not what it prints. -->

\`Alarms\` makes an alarm for each of these, as far as it is given what it watches, and sends them to one encrypted topic, when they begin and
when they end. [The runbooks](runbooks/README.md) say what to do. An alarm goes off when its metric is beyond the threshold in as many periods
as the table says, one after the other. Set \`alarmThresholds\` in \`gatehouse.config.ts\`, or \`thresholds\` of the construct, where a number does
not suit; the doctor names the ones that were raised.`;

const ownStack = `## For a stack of your own

Each part is optional, and may be yours: a REST API of aws-cdk-lib or one stage of it, any function, any table. What you leave out has no
alarm.

\`\`\`ts
new Alarms(this, 'Alarms', {
  api: restApi.deploymentStage,
  authFunction: { function: fn },
  topic,
  runbookUrl: 'https://wiki.example.com/runbooks',
});
\`\`\`

Only an \`AuthFunction\` counts sign-ins, locks and tokens; for a function of yours that runs Gatehouse's code, give \`metric\` beside \`function\`.
An address in \`email\`, and a topic of yours, have to confirm or allow CloudWatch: see [constructs](constructs.md).`;

const absent = `## Which are not there by default

- \`NoRequests\`: with \`expectTraffic: true\` alone. A stack that nobody uses at night would ring every night.
- \`UnmatchedSignatures\`: with the log group of a CloudTrail trail, see \`audit.trailLogGroupName\` in
  [the configuration](../lib/stage-config.ts).
- \`ArchiveDelay\`, \`ArchiveFailures\`: with the archive of audit events.
- \`EdgeBlockedRequests\`: where this stack makes the firewall in front of CloudFront, that is, in us-east-1. Alarms watch metrics of their own
  Region; in other Regions put an \`Alarms\` with that \`firewall\` into the stack in us-east-1.
- \`RolloutVersionErrors\`, \`RolloutAnswerErrors\`: with a gradual \`rollout\`; see [upgrades](deploy.md#upgrade).

KMS has no metric of its errors, so \`KmsErrors\` counts what the auth function got from it. Requests that API Gateway itself throttles have no
metric either; the access log has them.`;

/** docs/alarms.md. */
export function alarmsPage(): string {
  const rows = alarmNames.map((name) => {
    const { meaning, unit, minutes = 5, periods = 1, missing } = definitionOf(name);
    return [
      `[${name}](runbooks/${runbookPage(name)})`,
      meaning,
      `${name === 'NoRequests' ? 'below ' : ''}${alarmThresholds[name]} ${unit}`,
      `${periods} × ${minutes} min`,
      missing.treatment === 'breaching' ? 'rings' : 'is silent',
      missing.because,
    ];
  });
  return `${[
    intro,
    table(['alarm', 'what it means', 'beyond', 'periods', 'without data', 'because'], rows),
    attack(),
    absent,
    ownStack,
  ].join('\n\n')}\n`;
}

function attack(): string {
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  return `## Under attack

[UnderAttack](runbooks/${runbookPage('UnderAttack')}) is made of other alarms: one of ${list(failing)}, and one of
${list(defending)}.
${underAttackMeaning} Each of the two kinds alone has innocent reasons. It has no data of its own to miss.`;
}
