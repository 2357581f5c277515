import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { encryptionKey } from './encryption-key.ts';

export interface ProviderSecretsProps {
  /** Encrypts the secret. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
}

/**
 * The client secrets of social providers: an empty JSON object, into which operators put `"<name>": "<client secret>"`. A
 * deployment never writes it again, so it does not take away what was put there.
 */
export class ProviderSecrets extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: ProviderSecretsProps = {}) {
    super(scope, id);
    this.secret = new Secret(this, 'Resource', {
      description: 'Gatehouse: client secrets of social providers',
      encryptionKey: props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: secrets'),
      secretObjectValue: {},
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const rule of ['SMG4', 'SecretsManagerRotationEnabled'] as const) {
      acknowledge(this.secret, rule, 'Providers issue these secrets; Secrets Manager cannot ask them for new ones.');
    }
  }
}
