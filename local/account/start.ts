import { LocalError } from '../errors.ts';
import { untilEnded } from '../until-ended.ts';
import { bootstrap, type Deployment, deploy } from './deployment.ts';
import { devStage } from './dev-stage.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { gatewayAddress } from './gateway-address.ts';
import { omissions } from './omissions.ts';
import { sentMailPath } from './sent-mail.ts';

/** `npm run deploy:local`: deploys the dev stage into an emulated AWS account that lives until Ctrl-C. */
const stack = 'Gatehouse-dev';
const app = 'node_modules/.bin/tsx local/account/app.ts';

function printOmissions({ version }: Emulator): void {
  console.log(`MiniStack ${version}. Left out of the deployment, because it cannot create it:`);
  for (const { name, reason } of omissions) console.log(`  ${name}: ${reason}`);
}

function printChanges(): void {
  const { changes } = devStage();
  if (changes.length > 0) console.log('Other than in gatehouse.config.ts, because the account is an emulated one:');
  for (const change of changes) console.log(`  ${change}`);
}

function banner({ outputs }: Deployment, emulator: Emulator): string {
  const baseUrl = outputs.BaseUrl!;
  const { origin, host } = gatewayAddress(baseUrl, emulator);
  const { pathname } = new URL(baseUrl);
  const json = "-H 'Content-Type: application/json'";
  const ada = '{"name":"Ada","email":"ada@example.com","password":"correct horse battery staple"}';
  return `
${stack} is deployed. Its base URL, and the issuer of its tokens, is
  ${baseUrl}
The emulator serves it at ${origin}${pathname} to whoever sends its Host:

  curl -H 'Host: ${host}' ${origin}${pathname}/health
  curl -H 'Host: ${host}' ${origin}${pathname}/api/auth/sign-up/email ${json} -d '${ada}'
  curl ${origin}${sentMailPath}

Follow a link in a mail with the same Host header and the path of the link. State changes with a cookie need
'Origin: ${new URL(baseUrl).origin}'. To look at the account with the tools of AWS:

  export AWS_ENDPOINT_URL=${origin} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test

Everything is in memory. Ctrl-C ends it.

${stack} is ready on ${origin}${pathname}`;
}

async function run(): Promise<void> {
  const ended = untilEnded();
  printChanges();
  const emulator = await startEmulator();
  try {
    printOmissions(emulator);
    console.log('\ncdk bootstrap …');
    await bootstrap(emulator);
    console.log(`cdk deploy ${stack} …`);
    console.log(banner(await deploy(emulator, { stack, app }), emulator));
    await ended;
  } finally {
    await emulator.stop();
  }
}

try {
  await run();
  process.exit(0);
} catch (error) {
  console.error(error instanceof LocalError ? `${error.code}: ${error.message}` : error);
  process.exit(1);
}
