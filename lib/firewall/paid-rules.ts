import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { type ManagedRuleProps, managedGroup } from './managed-rule.ts';
import { requireLength, requireOneOf, requirePattern } from './require.ts';
import type { FirewallRule } from './rule.ts';

/** Each costs a fee by month and by request; none is on by default. Capacities: AWS WAF, "AWS Managed Rules rule groups list". */
const capacity = 50;

type GroupProps = Omit<ManagedRuleProps, 'group' | 'vendor' | 'capacity'>;

const levels = ['LOW', 'MEDIUM', 'HIGH'] as const;

export interface BotControlProps extends GroupProps {
  /** `TARGETED` also looks at behaviour, needs AWS's script in the client, and costs more. @default 'COMMON' */
  readonly level?: 'COMMON' | 'TARGETED';
  /** Let `TARGETED` learn from your traffic. @default true */
  readonly machineLearning?: boolean;
}

/** Tells bots from people. Scripts and servers that call the API are bots too. */
export function botControl(props: BotControlProps = {}): FirewallRule {
  const { level = 'COMMON', machineLearning, ...group } = props;
  requireOneOf('level', level, ['COMMON', 'TARGETED']);
  if (machineLearning !== undefined && level === 'COMMON') {
    throw new Error("machineLearning: is not allowed with level 'COMMON'; allowed with 'TARGETED'");
  }
  return managedGroup({ ...group, group: 'AWSManagedRulesBotControlRuleSet' }, capacity, [
    { awsManagedRulesBotControlRuleSet: { inspectionLevel: level, enableMachineLearning: machineLearning } },
  ]);
}

/** Where in a body the group finds what it compares: JSON pointers, or names of form fields. */
export interface CredentialFields {
  /** @default 'JSON' */
  readonly payload?: 'JSON' | 'FORM_ENCODED';
  /** @default '/email' */
  readonly username?: string;
  /** @default '/password' */
  readonly password?: string;
}

export interface AccountTakeoverPreventionProps extends GroupProps {
  /** The path that people sign in at, such as '/api/auth/sign-in/email'; with a stage in front on the execute-api host. */
  readonly loginPath: string;
  /** `loginPath` is a regular expression. @default false */
  readonly regexInPath?: boolean;
  /** @default - Better Auth's sign-in by e-mail */
  readonly fields?: CredentialFields;
  /** How answers tell failures, which only a firewall in front of CloudFront sees. @default - answers are not looked at */
  readonly responseInspection?: CfnWebACL.ResponseInspectionProperty;
}

/** Finds credentials that leaked elsewhere, and sources that try many. AWS gets to see them. */
export function accountTakeoverPrevention(props: AccountTakeoverPreventionProps): FirewallRule {
  const { loginPath, regexInPath, fields = {}, responseInspection, ...group } = props;
  const rule = managedGroup({ ...group, group: 'AWSManagedRulesATPRuleSet' }, capacity, [
    {
      awsManagedRulesAtpRuleSet: {
        loginPath: requirePath('loginPath', loginPath),
        enableRegexInPath: regexInPath,
        requestInspection: {
          payloadType: fields.payload ?? 'JSON',
          usernameField: { identifier: fields.username ?? '/email' },
          passwordField: { identifier: fields.password ?? '/password' },
        },
        responseInspection,
      },
    },
  ]);
  return responseInspection ? onlyAtTheEdge(rule) : rule;
}

export interface AccountCreationFraudPreventionProps extends GroupProps {
  /** The path that accounts are made at, such as '/api/auth/sign-up/email'. */
  readonly creationPath: string;
  /** The page with the form; requests there have to accept `text/html`. */
  readonly registrationPagePath: string;
  /** The paths are regular expressions. @default false */
  readonly regexInPath?: boolean;
  /** `username` is taken for the e-mail address. @default - Better Auth's sign-up by e-mail */
  readonly fields?: CredentialFields;
  /** How answers tell failures, which only a firewall in front of CloudFront sees. @default - answers are not looked at */
  readonly responseInspection?: CfnWebACL.ResponseInspectionProperty;
}

/** Finds accounts that are made in numbers, or with leaked credentials. AWS gets to see them. */
export function accountCreationFraudPrevention(props: AccountCreationFraudPreventionProps): FirewallRule {
  const { creationPath, registrationPagePath, regexInPath, fields = {}, responseInspection, ...group } = props;
  const email = { identifier: fields.username ?? '/email' };
  const rule = managedGroup({ ...group, group: 'AWSManagedRulesACFPRuleSet' }, capacity, [
    {
      awsManagedRulesAcfpRuleSet: {
        creationPath: requirePath('creationPath', creationPath),
        registrationPagePath: requirePath('registrationPagePath', registrationPagePath),
        enableRegexInPath: regexInPath,
        requestInspection: {
          payloadType: fields.payload ?? 'JSON',
          usernameField: email,
          emailField: email,
          passwordField: { identifier: fields.password ?? '/password' },
        },
        responseInspection,
      },
    },
  ]);
  return responseInspection ? onlyAtTheEdge(rule) : rule;
}

export interface AntiDDoSProps extends GroupProps {
  /** How likely a source has to be part of an attack to be blocked: `LOW` blocks the likeliest only. @default 'LOW' */
  readonly sensitivityToBlock?: (typeof levels)[number];
  /** Answer suspects with a challenge, which only browsers pass that open a page. @default false */
  readonly challenge?: boolean;
  /** Regular expressions of paths without challenges; an API has to be among them. @default - none */
  readonly unchallengedPaths?: readonly string[];
}

/** Learns what traffic is normal, and blocks sources that take part in a flood. */
export function antiDDoS(props: AntiDDoSProps = {}): FirewallRule {
  const { sensitivityToBlock = 'LOW', challenge = false, unchallengedPaths = [], ...group } = props;
  if (!challenge && unchallengedPaths.length > 0) {
    throw new Error("unchallengedPaths: has no effect without challenge; allowed with challenge 'true'");
  }
  requireLength('unchallengedPaths', unchallengedPaths, 0, 5);
  return managedGroup({ ...group, group: 'AWSManagedRulesAntiDDoSRuleSet' }, capacity, [
    {
      awsManagedRulesAntiDDoSRuleSet: {
        sensitivityToBlock: requireOneOf('sensitivityToBlock', sensitivityToBlock, levels),
        clientSideActionConfig: {
          challenge: challenge
            ? {
                usageOfAction: 'ENABLED',
                exemptUriRegularExpressions: unchallengedPaths.map((regexString) => ({ regexString })),
              }
            : { usageOfAction: 'DISABLED' },
        },
      },
    },
  ]);
}

const requirePath = (setting: string, path: string) =>
  requirePattern(setting, path, /^\/\S{0,255}$/, "begin with a slash, such as '/api/auth/sign-in/email'");

const onlyAtTheEdge = (rule: FirewallRule): FirewallRule => ({
  ...rule,
  bind(webAcl) {
    if (webAcl.scope === 'CLOUDFRONT') return rule.bind(webAcl);
    throw new Error("responseInspection: is not allowed with scope 'REGIONAL'; allowed with 'CLOUDFRONT'");
  },
});
