import type { Construct } from 'constructs';
import { archiveProblems } from './audit-trail/archive-settings.ts';
import { broughtTableProblems } from './brought-tables.ts';
import { frontProblems } from './gatehouse-front.ts';
import type { GatehouseProps } from './gatehouse-props.ts';
import { tableProblems } from './hardened-table.ts';
import { mailProblems } from './mail-settings.ts';
import { requireNoProblems, settingProblems } from './settings.ts';
import { strengthProblems } from './strength.ts';

/** Throws what would be refused at deployment, do nothing, or make prod weaker than it may be. */
export function requireConsistency(scope: Construct, props: GatehouseProps): void {
  const { identityReadCeiling, identityWriteCeiling, rateLimitWriteCeiling } = props;
  if (props.alarmTopic && props.alarmEmail) {
    throw new Error('alarmTopic: excludes alarmEmail; subscribe it to your topic');
  }
  if (props.auditLogGroup && props.auditRetention !== undefined) {
    throw new Error('auditLogGroup: excludes auditRetention; set it on your log group');
  }
  requireNoProblems([
    ...settingProblems(props),
    ...(typeof props.auditArchive === 'object'
      ? archiveProblems(props.auditArchive, (setting) => `auditArchive.${setting}`)
      : []),
    ...frontProblems(scope, props),
    ...tableProblems({ identityReadCeiling, identityWriteCeiling, rateLimitWriteCeiling }, {}),
    ...broughtTableProblems({
      identityTable: [props.identityTable, { identityReadCeiling, identityWriteCeiling }],
      rateLimitTable: [props.rateLimitTable, { rateLimitWriteCeiling }],
    }),
    ...strengthProblems({
      ...props,
      domain: ['domainName', props.domainName !== undefined],
      retention: { auditRetention: props.auditRetention, logRetention: props.logRetention },
    }),
    ...mailProblems({
      from: ['mailFrom', props.mailFrom],
      identity: {
        mailVerify: props.mailVerify,
        mailIdentity: props.mailIdentity?.emailIdentityName,
        mailHostedZone: props.mailHostedZone?.zoneName,
      },
    }),
  ]);
}
