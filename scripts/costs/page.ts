import { accessLogBytes } from './access-log-line.ts';
import { type Fixed, fixedCosts } from './fixed.ts';
import { type Measured, measureFlows, type Usage } from './measure.ts';
import { cognitoCost, costOf, prices } from './prices.ts';
import { assumedMilliseconds, audiences, timesPerUser } from './profile.ts';
import { referenceStage } from './reference-stage.ts';
import { bold, bytes, dollars, table } from './text.ts';

/** SQS is asked three times for each mail: sent, received, deleted. */
const queueRequestsPerMail = 3;
const gigabyte = 1024 ** 3;

/** The amounts of what a request of a flow uses, by price. */
function amountsOf(flow: string, usage: Usage, memory: number): Record<string, number> {
  const mailerTime = usage.mails * 0.1 * 0.25;
  return {
    apiRequest: 1,
    wafRequest: 1,
    invocation: 1 + usage.mails,
    gigabyteSecond: (assumedMilliseconds(flow) / 1000) * (memory / 1024) + mailerTime,
    readUnit: usage.readUnits,
    writeUnit: usage.writeUnits,
    signature: usage.signatures,
    queueRequest: usage.mails * queueRequestsPerMail,
    mail: usage.mails,
    logGigabyte: (usage.logBytes + accessLogBytes) / gigabyte,
    // More than it is: lines without an event are not archived.
    archiveGigabyte: usage.logBytes / gigabyte,
  };
}

export async function costsPage(): Promise<string> {
  const fixed = fixedCosts();
  const measured = await measureFlows();
  const perRequest = (flow: string): number => costOf(amountsOf(flow, measured.flows[flow]!, fixed.memory));
  const storage = costOf({ tableGigabyte: measured.bytesPerUser / gigabyte });
  const perUser = Object.entries(timesPerUser).reduce((sum, [flow, times]) => sum + times * perRequest(flow), storage);
  const monthly = (users: number): number => costOf(fixed.amounts) + users * perUser;
  return [
    intro,
    comparison(monthly, perUser),
    flowSection(measured, perRequest),
    fixedSection(fixed),
    assumptions(fixed, measured),
    `${priceSection()}\n`,
  ].join('\n\n');
}

const keys = referenceStage.signingKeys!.length;
const intro = `# What it costs

<!-- Printed by \`npm run report:costs\`; a test fails when the page is not what it prints. -->

Requests are counted by sending one of each flow through the real function, over the DynamoDB and KMS stand-ins of \`npm start\`.
Resources are counted in the template of a reference stage, a \`prod\` with a domain of its own and ${keys} signing keys that
\`scripts/costs/reference-stage.ts\` describes; your \`gatehouse.config.ts\` does not change this page. Both are multiplied by the prices
[below](#prices), of ${prices.region} and without free tiers. What cannot be counted on a developer's machine is an
[assumption](#assumptions), and named as one.`;

function comparison(monthly: (users: number) => number, perUser: number): string {
  const tiers = Object.keys(prices.cognito.tiers);
  const rows = audiences.map((users) => {
    const costs = [monthly(users), ...tiers.map((tier) => cognitoCost(tier, users))];
    const least = Math.min(...costs);
    return [users.toLocaleString('en'), ...costs.map((cost) => (cost === least ? bold(dollars(cost)) : dollars(cost)))];
  });
  return `## Beside Cognito

Dollars a month, the lowest in bold. A monthly user is one who does anything at all in the month, which is also what Cognito charges
for. Here such a user makes, on average:

${timesTable()}

${table(['monthly users', 'Gatehouse', ...tiers.map((tier) => `Cognito ${tier}`)], rows)}

${verdict(monthly, tiers)}
- Each further user costs ${dollars(perUser, 6)} here.

Not in any column: the time to run and to update it, most of which Cognito saves you; text messages; traffic out. In Gatehouse's column
only: a firewall and mail, which are charged beside Cognito too where it uses them.`;
}

function timesTable(): string {
  return table(
    ['flow', 'times a month'],
    Object.entries(timesPerUser).map(([flow, times]) => [flow, String(times)]),
  );
}

function verdict(monthly: (users: number) => number, tiers: readonly string[]): string {
  return tiers
    .map((tier) => {
      const even = breakEven((users) => monthly(users) - cognitoCost(tier, users));
      if (even === 0) return `- Cognito ${tier} costs more at any size.`;
      return `- Cognito ${tier} costs less up to about ${even.toLocaleString('en')} monthly users, and more beyond.`;
    })
    .join('\n');
}

/** Monthly users, to the nearest hundred, from which on Gatehouse is not dearer. */
function breakEven(difference: (users: number) => number): number {
  for (let users = 0; users <= audiences.at(-1)!; users += 100) if (difference(users) <= 0) return users;
  return Number.POSITIVE_INFINITY;
}

function flowSection({ flows }: Measured, perRequest: (flow: string) => number): string {
  const rows = Object.entries(flows).map(([flow, { readUnits, writeUnits, signatures, mails, logBytes }]) => [
    flow,
    ...[readUnits, writeUnits, signatures, mails].map(String),
    bytes(logBytes),
    dollars(perRequest(flow) * 1_000_000),
  ]);
  const head = ['flow', 'read units', 'write units', 'signatures', 'mails', 'bytes logged', 'dollars a million'];
  return `## By request

Units are what DynamoDB's stand-in says a request consumed; a write in a transaction counts twice. Every request adds
${bytes(accessLogBytes)} bytes to the access log. \`get-session\` does not sign: tokens are signed on demand, so a page that only wants to know who is there
costs no KMS request.

${table(head, rows)}`;
}

function fixedSection({ amounts }: Fixed): string {
  const rows = Object.entries(amounts).map(([name, amount]) => [
    prices.prices[name]!.unit.replace(/ a month$/, ''),
    String(amount),
    dollars(costOf({ [name]: amount })),
  ]);
  return `## By month

${table(['what', 'how many', 'dollars'], [...rows, [bold('together'), '', bold(dollars(costOf(amounts)))]])}

Each yearly rotation of a key by KMS itself adds the price of a key for the material that it keeps. A stage \`dev\` beside \`prod\` costs
the same.`;
}

function assumptions({ memory }: Fixed, { bytesPerUser }: Measured): string {
  return `## Assumptions

- The function is billed ${assumedMilliseconds('get-session')} ms a request, and ${assumedMilliseconds('sign-in')} ms where a password is hashed, with ${memory} MB: figures on the high side, since only AWS
  can measure them. The mailer is billed 100 ms a mail.
- A user with a session takes ${bytes(bytesPerUser)} bytes in the table.
- Nobody attacks. What the firewall blocks costs a request that it inspects; what it lets through costs like any other request.
- Left out: traffic out of AWS, a Route 53 zone, SQS polling by Lambda, CloudWatch Contributor Insights on the tables, KMS requests of
  DynamoDB and SQS for their own encryption, CloudTrail, what the archive takes in S3.`;
}

const readings = {
  page: "on AWS's page",
  copy: 'as reported by others',
  no: 'not checked',
} as const;

function priceSection(): string {
  const rows = Object.values(prices.prices).map(({ usd, per, unit, page, read }) => [
    `${per === 1 ? '' : `${per.toLocaleString('en')} `}${unit}`,
    String(usd),
    page,
    readings[read],
  ]);
  const tiers = Object.entries(prices.cognito.tiers).flatMap(([tier, brackets]) =>
    brackets.map(({ upTo, usd }) => [
      `Cognito ${tier}: a monthly user, up to ${upTo.toLocaleString('en')}`,
      String(usd),
      prices.cognito.page,
      readings[prices.cognito.read],
    ]),
  );
  return `## Prices

Noted on ${prices.date} in \`scripts/costs/prices.json\`. The last column says how: **check the ones that matter to you** on the page that
is named, correct the file, and run \`npm run report:costs\`.

${table(['price of', 'dollars', 'page', 'read'], [...rows, ...tiers])}`;
}
