/**
 * What an investigator asks first, in the language of CloudWatch Logs Insights, over lines as docs/events.md describes them. Words in
 * capitals such as `USER_ID` are to be replaced before a query runs.
 */
export interface InvestigationQuery {
  /** Its name in the console, after the stack's. */
  readonly title: string;
  readonly query: string;
}

const who = 'audit.user.uid, audit.user.email_hash, audit.src_endpoint.ip';
const what = 'audit.event, audit.status_code, audit.http_response.code';

export const investigationQueries = {
  AllOfAUser: {
    title: 'Users: everything about one',
    query: `fields @timestamp, ${what}, audit.src_endpoint.ip, audit.session.uid, audit.actor.user.uid, audit.http_request.user_agent
| filter audit.user.uid = 'USER_ID' or audit.actor.user.uid = 'USER_ID'
| sort @timestamp desc
| limit 1000`,
  },
  AllOfAnAddress: {
    title: 'Users: everything about an e-mail address',
    query: `fields @timestamp, ${what}, audit.user.uid, audit.src_endpoint.ip
| filter audit.user.email_hash = 'EMAIL_HASH'
| sort @timestamp desc
| limit 1000`,
  },
  AllOfASource: {
    title: 'Sources: everything from one IP address',
    query: `fields @timestamp, ${what}, audit.user.uid, audit.user.email_hash, audit.http_request.url.path
| filter audit.src_endpoint.ip = 'IP_ADDRESS'
| sort @timestamp desc
| limit 1000`,
  },
  AllOfASession: {
    title: 'Sessions: everything in one',
    query: `fields @timestamp, ${what}, audit.user.uid, audit.src_endpoint.ip, audit.http_request.user_agent
| filter audit.session.uid = 'SESSION_ID'
| sort @timestamp desc
| limit 1000`,
  },
  ARequest: {
    title: 'Requests: one by its id',
    query: `fields @timestamp, @message
| filter audit.metadata.uid = 'REQUEST_ID'
| sort @timestamp asc
| limit 100`,
  },
  FailuresBySource: {
    title: 'Sign-in: failures by source',
    query: `filter audit.event in ['sign_in_failed', 'second_factor_failed', 'locked_attempt']
| stats count(*) as failures, count_distinct(audit.user.email_hash) as addresses, min(@timestamp) as firstSeen, max(@timestamp) as lastSeen by audit.src_endpoint.ip
| sort failures desc
| limit 50`,
  },
  FailuresByAccount: {
    title: 'Sign-in: failures by account',
    query: `filter audit.event in ['sign_in_failed', 'second_factor_failed', 'locked_attempt'] and ispresent(audit.user.email_hash)
| stats count(*) as failures, count_distinct(audit.src_endpoint.ip) as sources, max(@timestamp) as lastSeen by audit.user.email_hash
| sort failures desc
| limit 50`,
  },
  SuccessAfterFailures: {
    title: 'Sign-in: sources that failed and then got in',
    query: `filter audit.event in ['sign_in', 'sign_in_failed', 'locked_attempt']
| stats sum(audit.status_id - 1) as failures, sum(2 - audit.status_id) as successes by audit.src_endpoint.ip
| filter failures >= 3 and successes > 0
| sort failures desc
| limit 50`,
  },
  OutcomesOverTime: {
    title: 'Sign-in: successes and failures over time',
    query: `filter audit.event in ['sign_in', 'sign_in_failed', 'second_factor_failed', 'locked_attempt']
| stats sum(2 - audit.status_id) as successes, sum(audit.status_id - 1) as failures by bin(5m)`,
  },
  Locks: {
    title: 'Locks: set, lifted, met',
    query: `fields @timestamp, audit.event, ${who}, audit.actor.user.uid
| filter audit.event in ['account_locked', 'account_unlocked', 'locked_attempt']
| sort @timestamp desc
| limit 500`,
  },
  Administration: {
    title: 'Administrators: who did what to whom',
    query: `fields @timestamp, audit.event, audit.actor.user.uid, audit.user.uid, audit.http_request.url.path, audit.src_endpoint.ip, audit.http_response.code
| filter audit.event like /^(admin_|impersonation_)/ or audit.http_request.url.path like /\\/admin\\//
| sort @timestamp desc
| limit 1000`,
  },
  Impersonations: {
    title: 'Administrators: everything done in the name of others',
    query: `fields @timestamp, audit.event, audit.actor.user.uid, audit.user.uid, audit.session.uid, audit.src_endpoint.ip
| filter ispresent(audit.actor.user.uid) and ispresent(audit.session.uid)
| sort @timestamp desc
| limit 1000`,
  },
  CredentialChanges: {
    title: 'Accounts: changed passwords and second factors',
    query: `fields @timestamp, audit.event, ${who}, audit.http_request.user_agent
| filter audit.event like /^(password_|second_factor_(started|enabled|disabled))/
| sort @timestamp desc
| limit 500`,
  },
  TokensByUser: {
    title: 'Tokens: issued by user',
    query: `filter audit.event = 'token_issued'
| stats count(*) as tokens, count_distinct(audit.src_endpoint.ip) as sources, max(@timestamp) as lastSeen by audit.user.uid
| sort tokens desc
| limit 50`,
  },
  SessionsOnTheMove: {
    title: 'Sessions: used from several addresses',
    query: `filter ispresent(audit.session.uid)
| stats count_distinct(audit.src_endpoint.ip) as sources, count_distinct(audit.http_request.user_agent) as browsers, count(*) as events by audit.session.uid, audit.user.uid
| filter sources > 1 or browsers > 1
| sort sources desc
| limit 50`,
  },
  Errors: {
    title: 'Errors: what broke, by cause',
    query: `filter audit.severity_id >= 4
| stats count(*) as times, min(@timestamp) as firstSeen, max(@timestamp) as lastSeen by audit.event, audit.status_code, audit.status_detail
| sort times desc
| limit 50`,
  },
  Suspicious: {
    title: 'Alerts: everything of medium severity and above',
    query: `fields @timestamp, audit.severity_id, audit.event, audit.status_code, ${who}
| filter audit.severity_id >= 3
| sort @timestamp desc
| limit 500`,
  },
  Refusals: {
    title: 'Requests: what was refused, by reason',
    query: `filter audit.status_id = 2
| stats count(*) as times, count_distinct(audit.src_endpoint.ip) as sources by audit.event, audit.status_code
| sort times desc
| limit 100`,
  },
} as const satisfies Record<string, InvestigationQuery>;
