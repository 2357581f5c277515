import { CfnLoggingConfiguration, type CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { requirePattern } from './require.ts';

export interface Redaction {
  /** Headers that nobody shall see, beside `authorization` and `cookie`. @default - none */
  readonly redactedHeaders?: readonly string[];
  /** Show paths. WARNING: mailed links may carry tokens in the path. @default false */
  readonly logPaths?: boolean;
  /** Log what was let in too, not only what a rule matched. @default false */
  readonly logAllowed?: boolean;
}

const headers = ({ redactedHeaders = [] }: Redaction): string[] => {
  for (const header of redactedHeaders) {
    requirePattern('redactedHeaders', header, /^[\w-]{1,64}$/, 'are names of headers');
  }
  return [...new Set(['authorization', 'cookie', ...redactedHeaders.map((header) => header.toLowerCase())])];
};

/**
 * What AWS WAF takes out before anything is stored: of the log, of samples, and of the details of a match, which the redaction of the
 * log does not reach. A body is a password, a query a token. Source: AWS WAF, "Data protection".
 */
export function dataProtection(redaction: Redaction): CfnWebACL.DataProtectionConfigProperty {
  const substitute = (fieldType: string, fieldKeys?: string[]) => ({
    action: 'SUBSTITUTION',
    field: { fieldType, fieldKeys },
  });
  return {
    dataProtections: [substitute('SINGLE_HEADER', headers(redaction)), substitute('QUERY_STRING'), substitute('BODY')],
  };
}

/** Logs what a rule matched; the access log of the resource has the rest, and the extended request id leads from one to the other. */
export function logWebAcl(scope: Construct, webAclArn: string, destinationArn: string, redaction: Redaction): void {
  const actions = ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT', 'CAPTCHA', 'CHALLENGE'];
  new CfnLoggingConfiguration(scope, 'Logging', {
    resourceArn: webAclArn,
    logDestinationConfigs: [destinationArn],
    redactedFields: [
      ...headers(redaction).map((Name) => ({ singleHeader: { Name } })),
      { queryString: {} },
      ...(redaction.logPaths ? [] : [{ uriPath: {} }]),
    ],
    ...(!redaction.logAllowed && {
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: actions.map((Action) => ({ ActionCondition: { Action } })),
          },
        ],
      },
    }),
  });
}
