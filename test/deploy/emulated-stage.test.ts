import { expect, test } from '@jest/globals';
import type { StageConfig } from '../../lib/config.ts';
import { checkStage } from '../../lib/config.ts';
import { emulatedStage } from '../../local/account/emulated-stage.ts';

const mail = { from: 'no-reply@dev.example.com' };
const hostedZone = { id: 'Z0123456789EXAMPLE000', name: 'example.com' };

test('a stage that names nothing of AWS stays what it is, in the account and Region of the emulator', () => {
  expect(emulatedStage({ mail, tracing: true })).toEqual({
    config: { mail, tracing: true, account: '000000000000', region: 'us-east-1' },
    changes: [],
  });
});

test('what is in a real account only is replaced or left out, each by name', () => {
  const settings: StageConfig = {
    account: '111122223333',
    region: 'eu-west-1',
    domain: { name: 'auth.dev.example.com', hostedZone },
    mail: { ...mail, hostedZone },
    bootstrapQualifier: 'gatehouse',
    rollout: 'canary',
    dashboard: true,
    audit: { archive: true, trailLogGroupName: 'trail' },
    alarmEmail: 'ops@example.com',
  };
  const { config, changes } = emulatedStage(settings);
  expect(checkStage('dev', config)).toEqual({
    account: '000000000000',
    region: 'us-east-1',
    mail,
    alarmEmail: 'ops@example.com',
  });
  expect(changes).toEqual([
    "account: '000000000000' instead of '111122223333'",
    "region: 'us-east-1' instead of 'eu-west-1'",
    'audit: left out',
    'dashboard: left out',
    'domain: left out',
    'bootstrapQualifier: left out',
    'rollout: left out',
    'mail.hostedZone: left out',
  ]);
});
