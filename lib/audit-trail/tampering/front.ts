import { callPattern, startingWith, type TamperPattern } from './pattern.ts';

export interface WatchedFirewall {
  readonly webAclArn: string;
  readonly webAclId: string;
  readonly ipSetIds: readonly string[];
}

/** @param protectedArn the API's stage, from which the web ACL may be taken away */
export const firewall = ({ webAclArn, webAclId, ipSetIds }: WatchedFirewall, protectedArn: string): TamperPattern => ({
  subject: 'the firewall',
  pattern: callPattern({
    services: ['wafv2'],
    names: [
      'AssociateWebACL',
      'DeleteIPSet',
      'DeleteLoggingConfiguration',
      'DeleteWebACL',
      'DisassociateWebACL',
      'PutLoggingConfiguration',
      'UpdateIPSet',
      'UpdateWebACL',
    ],
    parameters: [
      { id: [webAclId, ...ipSetIds] },
      { resourceArn: [webAclArn, protectedArn] },
      { loggingConfiguration: { resourceArn: [webAclArn] } },
    ],
  }),
});

/** Whoever changes where the API leads, reads passwords. */
export const api = (restApiId: string): TamperPattern => ({
  subject: 'the API',
  pattern: callPattern({
    services: ['apigateway'],
    names: startingWith('Create', 'Delete', 'Import', 'Put', 'Update'),
    parameters: [{ restApiId: [restApiId] }],
  }),
});
