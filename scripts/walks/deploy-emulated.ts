/** What `npx cdk deploy STACK` is replaced with in an emulated account: the same, less what the emulator cannot create. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploy } from '../../local/account/deployment.ts';

const [stack = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-walk-'));
const environment = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
try {
  const { outputs, left } = await deploy(
    { environment, folder },
    { stack, app: 'node_modules/.bin/tsx local/account/app.ts' },
  );
  console.log(`${stack} is deployed, less ${left.length} resources; BaseUrl is ${outputs.BaseUrl}`);
} finally {
  rmSync(folder, { recursive: true });
}
