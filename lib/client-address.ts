import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ClientAddressSource, clientAddressProblem } from '../contract/client-address.ts';
import type { SettingProblem } from '../contract/settings.ts';

/** What stands in front of the API and tells the client's address. */
export interface ClientAddressProps {
  /** `cloudfront`: `CloudFront-Viewer-Address`. `cloudflare`: `CF-Connecting-IP`. `header`: the header named next. */
  readonly from: ClientAddressSource['from'];
  /** For `header`: one that the front sets or replaces, and never passes on from clients. */
  readonly header?: string;
  /**
   * Holds what the front sends in `x-gatehouse-origin-secret`: a JSON array of one to three strings of 32 characters or more, each of
   * which is accepted. The function refuses requests without one of them, and reads the secret anew every minute.
   */
  readonly originSecret: ISecret;
}

/** What is wrong with it, as far as synthesis can see. */
export function clientAddressProblems(props: Omit<ClientAddressProps, 'originSecret'> | undefined): SettingProblem[] {
  if (!props || Token.isUnresolved(props.header)) return [];
  const message = clientAddressProblem(props);
  return message === undefined ? [] : [{ setting: 'clientAddress', message }];
}

/** The value of the function's environment variable. */
export function clientAddressVariable({ from, header, originSecret }: ClientAddressProps): string {
  const source: ClientAddressSource = { from, header, originSecretArn: originSecret.secretArn };
  return JSON.stringify(source);
}
