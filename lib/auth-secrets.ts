import { RemovalPolicy } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { encryptionKey, useKeyThrough } from './encryption-key.ts';

export interface AuthSecretsProps {
  /** Encrypts the secret. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
}

/** Better Auth's secret: it signs cookies and encrypts what the database must not show. Generated, and never seen by a person. */
export class AuthSecrets extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, props: AuthSecretsProps = {}) {
    super(scope, id);
    this.secret = new Secret(this, 'Resource', {
      description: "Gatehouse: Better Auth's secret",
      encryptionKey: props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: secrets'),
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const rule of ['SMG4', 'SecretsManagerRotationEnabled'] as const) {
      acknowledge(
        this.secret,
        rule,
        '`npm run secrets -- rotate` rotates it without signing anybody out. No function may write it, as a rotation on a schedule would need: whoever can write it can sign in as anybody. It is 64 random characters that no person reads.',
      );
    }
  }

  /** Lets the auth function read the secret, and do nothing else with it. */
  grantRead(grantee: IGrantable): void {
    grantSecret(this.secret, grantee);
  }
}

/** The same for a secret that exists already. */
export function grantSecret(secret: ISecret, { grantPrincipal }: IGrantable): void {
  grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: [secret.secretFullArn ?? secret.secretArn],
    }),
  );
  if (secret.encryptionKey) {
    grantPrincipal.addToPrincipalPolicy(useKeyThrough('secretsmanager', secret.encryptionKey, 'Decrypt'));
  }
}
