import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
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
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Cookies are signed with this secret: a rotation on a schedule would sign every user out. It is 64 random characters that no person reads; it is replaced on purpose, when it may have leaked.',
    });
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
