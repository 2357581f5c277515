import { Stack, type StackProps } from 'aws-cdk-lib';
import { PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Gatehouse } from 'cdk-gatehouse';
import type { Construct } from 'constructs';
import type { PlatformStack } from './platform-stack.ts';

export interface StaffStackProps extends StackProps {
  readonly platform: PlatformStack;
}

/** Sign-in of staff: the function as it comes, prebuilt, in the platform's network. */
export class StaffStack extends Stack {
  constructor(scope: Construct, id: string, { platform, ...props }: StaffStackProps) {
    super(scope, id, props);
    new Gatehouse(this, 'Gatehouse', {
      stage: 'prod',
      productName: 'Example (staff)',
      baseUrl: 'https://staff.example.com',
      mailFrom: 'no-reply@staff.example.com',
      vpc: platform.vpc,
      dataKey: platform.dataKey,
      logsKey: platform.logsKey,
      alarmTopic: platform.alarmTopic,
      accessLogGroup: platform.accessLogs,
      webAclArn: platform.webAclArn,
      cloudWatchRole: false,
    });
    PermissionsBoundary.of(this).apply(platform.boundary);
  }
}
