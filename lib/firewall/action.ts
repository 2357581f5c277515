import type { Duration } from 'aws-cdk-lib';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { requireInteger, requireLength, requirePattern } from './require.ts';

/** A body that a blocked request gets, of 4 KB at most. */
export interface ResponseBody {
  /** In the web ACL; rules with the same body share it. */
  readonly name: string;
  readonly contentType: 'APPLICATION_JSON' | 'TEXT_PLAIN' | 'TEXT_HTML';
  readonly content: string;
}

/** What a blocked request is answered. */
export interface BlockProps {
  /** The status of the answer. @default 403 */
  readonly status?: number;
  /** @default - none, or AWS's own with its 403 */
  readonly body?: ResponseBody;
  /** Headers of the answer, ten at most. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a rule does with a request that matches; `FirewallAction` has functions that make them. */
export interface FirewallAction {
  readonly action: CfnWebACL.RuleActionProperty;
  readonly body?: ResponseBody;
  readonly immunitySeconds?: number;
}

/** Source: AWS WAF API reference, "CustomResponse". */
const token = /^(?!content-type$)[\w!#$%&'*+.^`|~-]{1,64}$/i;

function headerList(setting: string, headers: Readonly<Record<string, string>>) {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${setting}: '${twice}' stands twice; allowed is once`);
  return requireLength(setting, Object.entries(headers), 0, 10).map(([name, value]) => ({
    name: requirePattern(setting, name, token, "are names of headers but 'content-type', which the body sets"),
    value: requirePattern(setting, value, /^[\x20-\x7e]{1,255}$/, 'are values of 1 to 255 printable characters'),
  }));
}

/** Statuses that AWS WAF answers with. Source: AWS WAF, "Supported status codes for custom response". */
const statuses = new Set([
  ...[200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308],
  ...[400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416, 421, 429],
  ...[500, 501, 502, 503, 504],
]);

function block({ status = 403, body, headers = {} }: BlockProps = {}): FirewallAction {
  if (!statuses.has(status)) {
    throw new Error(`status: ${status} is not allowed; allowed are ${[...statuses].join(', ')}`);
  }
  if (body) requirePattern('body.name', body.name, /^[\w-]{1,128}$/, "are 1 to 128 letters, digits, '_' and '-'");
  if (body && Buffer.byteLength(body.content) > 4096) {
    throw new Error(`body.content: ${Buffer.byteLength(body.content)} bytes are not allowed; allowed are 4096`);
  }
  const responseHeaders = headerList('headers', headers);
  const custom = status !== 403 || body || responseHeaders.length > 0;
  const customResponse = {
    responseCode: status,
    ...(body && { customResponseBodyKey: body.name }),
    ...(responseHeaders.length > 0 && { responseHeaders }),
  };
  return { action: { block: custom ? { customResponse } : {} }, body };
}

/** What the resource gets to see of the decision: AWS WAF puts `x-amzn-waf-` before each name. */
function handling(insertHeaders: Readonly<Record<string, string>> = {}) {
  const headers = headerList('insertHeaders', insertHeaders);
  return headers.length > 0 ? { customRequestHandling: { insertHeaders: headers } } : {};
}

/** The shortest, in seconds. Source: AWS WAF, "Timestamp expiration: token immunity times". */
const leastImmunity = { captcha: 60, challenge: 300 };

function puzzle(kind: 'captcha' | 'challenge', immunity: Duration | undefined): FirewallAction {
  const seconds = immunity?.toSeconds();
  return {
    action: { [kind]: {} },
    ...(seconds !== undefined && {
      immunitySeconds: requireInteger('immunity', seconds, leastImmunity[kind], 259_200),
    }),
  };
}

export const FirewallAction = {
  /** Ends the request here. */
  block,
  /** Counts the request, labels it, and goes on to the next rule. */
  count: (insertHeaders?: Readonly<Record<string, string>>): FirewallAction => ({
    action: { count: handling(insertHeaders) },
  }),
  /** Lets the request in at once. WARNING: no rule after this one sees it, so put rules that block first. */
  allow: (insertHeaders?: Readonly<Record<string, string>>): FirewallAction => ({
    action: { allow: handling(insertHeaders) },
  }),
  /** For pages that a person opens: a puzzle, which costs extra. `immunity` is how long solving it lasts; 5 minutes by default. */
  captcha: (immunity?: Duration): FirewallAction => puzzle('captcha', immunity),
  /** For pages that a browser opens: a silent check, which costs extra. What calls an API without AWS's script cannot pass it. */
  challenge: (immunity?: Duration): FirewallAction => puzzle('challenge', immunity),
};
