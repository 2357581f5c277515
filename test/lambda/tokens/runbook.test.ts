import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { alarmThresholds } from '../../../contract/alarm-defaults.ts';
import { metricDimension, metricNamespace, metrics } from '../../../contract/metrics.ts';
import { rotationWaits, type SigningAlgorithm, tokenLifetime } from '../../../contract/signing.ts';
import { auditEvents } from '../../../lambda/audit/catalogue.ts';
import { wellKnownMaxAge } from '../../../lambda/tokens/well-known-documents.ts';

import { checkStage } from '../../../lib/config.ts';
import { signingKeyProblems } from '../../../lib/signing-key-config.ts';
import { parseArguments } from '../../../scripts/keys/arguments.ts';

const runbook = readFileSync(new URL('../../../docs/rotation.md', import.meta.url), 'utf8');

test('every command for keys is one that npm run keys takes', () => {
  const commands = [...runbook.matchAll(/npm run (?:--silent )?keys -- ([^\n|&`]+?)(?:`.*| [|&].*)?$/gm)].map(
    ([, args]) => args!,
  );
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) {
    const args = [...command.matchAll(/'([^']*)'|"?([^\s"]+)"?/g)].map(([, quoted, plain]) => quoted ?? plain!);
    expect(() => parseArguments(args)).not.toThrow();
  }
});

describe('what it says to look at is there', () => {
  test('metrics and alarms', () => {
    expect(runbook).toContain(`--namespace ${metricNamespace} --metric-name ${metrics.tokenSigningFailed}`);
    expect(runbook).toContain(`Name=${metricDimension},Value=gatehouse-prod`);
    expect(alarmThresholds).toHaveProperty('SigningFailures');
  });

  test('audit events', () => {
    const named = [...runbook.matchAll(/`(token_\w+)`/g)].map(([, name]) => name!);
    expect(new Set(named)).toEqual(new Set(['token_issued', 'token_signing_failed', 'token_signature_invalid']));
    expect(Object.keys(auditEvents)).toEqual(expect.arrayContaining(named));
  });

  test('settings', () => {
    const stage = { mail: { from: 'a@example.com' }, keyPublishWaitMinutes: 180 };
    expect(runbook).toContain('`keyPublishWaitMinutes`');
    expect(() => checkStage('dev', stage)).not.toThrow();
  });
});

test('the number of keys that it gives is what synthesis lets through', () => {
  const mostKeys = (algorithm: SigningAlgorithm) => {
    const keys = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        id: `2026-11-${'abcdefghijkl'[index]}`,
        algorithm,
        state: index ? ('next' as const) : ('active' as const),
      }));
    return Array.from({ length: 12 }, (_, index) => index + 1).findLast(
      (count) => signingKeyProblems(keys(count)).length === 0,
    );
  };
  expect({ ES256: mostKeys('ES256'), RS256: mostKeys('RS256') }).toEqual({ ES256: 8, RS256: 4 });
  expect(runbook).toContain('eight keys for ES256 or four for RS256');
});

test('the times that it gives are those of the code', () => {
  expect({ ...rotationWaits, tokenLifetime, cached: 2 * wellKnownMaxAge }).toEqual({
    publish: 170 * 60,
    drop: 3600,
    tokenLifetime: 15 * 60,
    cached: 10 * 60,
  });
});
