import { Stack, type StackProps } from 'aws-cdk-lib';
import { PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Gatehouse, IdentityTable } from 'cdk-gatehouse';
import type { Construct } from 'constructs';
import type { PlatformStack } from './platform-stack.ts';

export interface CustomersStackProps extends StackProps {
  readonly platform: PlatformStack;
}

/** Sign-in of customers, with Better Auth options of its own, in a table that outlives this stack's Gatehouse. */
export class CustomersStack extends Stack {
  constructor(scope: Construct, id: string, { platform, ...props }: CustomersStackProps) {
    super(scope, id, props);
    const identities = new IdentityTable(this, 'Identities', { encryptionKey: platform.dataKey });
    new Gatehouse(this, 'Gatehouse', {
      stage: 'prod',
      productName: 'Example',
      baseUrl: 'https://auth.example.com',
      mailFrom: 'no-reply@example.com',
      trustedOrigins: ['https://app.example.com'],
      // Bundled with esbuild at synth, with the better-auth of this app.
      authOptions: 'customer-options.ts',
      identityTable: identities.table,
      dataKey: platform.dataKey,
      logsKey: platform.logsKey,
      alarmTopic: platform.alarmTopic,
      accessLogGroup: platform.accessLogs,
      webAclArn: platform.webAclArn,
      // One setting for the account and Region: the platform has it.
      cloudWatchRole: false,
    });
    PermissionsBoundary.of(this).apply(platform.boundary);
  }
}
