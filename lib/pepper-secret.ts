import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { encryptionKey } from './encryption-key.ts';

export interface PepperSecretProps {
  /** Encrypts the secret. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
}

/**
 * Keys that go into password hashes, by id: `{"1":"…"}`. Whoever has the table but not the secret cannot try passwords on it; whoever
 * loses the secret loses every password. A key is added by hand, under the next number, and takes effect without a deployment.
 */
export class PepperSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: PepperSecretProps = {}) {
    super(scope, id);
    this.secret = new Secret(this, 'Resource', {
      description: 'Gatehouse: the peppers of password hashes, by id',
      encryptionKey: props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: peppers'),
      // CloudFormation generates anew when any of these changes, and every password would be lost.
      generateSecretString: {
        secretStringTemplate: '{}',
        generateStringKey: '1',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const rule of ['SMG4', 'SecretsManagerRotationEnabled'] as const) {
      acknowledge(
        this.secret,
        rule,
        'Passwords verify with the pepper that went into them only: a rotation has to keep the former keys, and moves each password when its owner signs in. It is 64 random characters that no person reads.',
      );
    }
  }
}
