import { Lazy, RemovalPolicy, SecretValue, Stack, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { SettingProblem } from '../contract/settings.ts';
import { encryptionKey } from './encryption-key.ts';

export interface OriginSecretsProps {
  /**
   * Names of the secrets that prove the distribution to the API, three at most. The first is sent, each of them is accepted. CloudFormation
   * generates a value for each name. @default - ['a']
   */
  readonly ids?: readonly string[];
  /** Encrypts them. @default - a new customer-managed key */
  readonly encryptionKey?: IKey;
}

/** What is wrong with the names. */
export function originSecretProblems(setting: string, ids: readonly string[] = ['a']): SettingProblem[] {
  const problem = (message: string) => [{ setting, message }];
  const wrong = ids.find((id) => !/^[A-Za-z0-9-]{1,32}$/.test(id));
  if (wrong !== undefined) {
    return problem(`'${wrong}' is not allowed; allowed are 1 to 32 letters, digits and '-'`);
  }
  if (ids.length < 1 || ids.length > 3) return problem(`${ids.length} names are not allowed; allowed are 1 to 3`);
  return new Set(ids).size < ids.length ? problem('a name stands twice; allowed is once') : [];
}

/**
 * The secrets that a CloudFront distribution sends in a header to prove itself. They are replaced by deployments, one step at a time: a
 * new name at the end of the list, then at its beginning, then alone. Nobody sees a value.
 */
export class OriginSecrets extends Construct {
  /** What the distribution sends. CloudFormation puts the value in where it creates the resource. */
  readonly sent: string;
  /** What is accepted. */
  readonly accepted: readonly string[];
  /** Holds all that is accepted, as the auth function reads it: a JSON array. */
  readonly list: ISecret;

  constructor(scope: Construct, id: string, props: OriginSecretsProps = {}) {
    super(scope, id);
    const { ids = ['a'] } = props;
    const [problem] = originSecretProblems('ids', ids);
    if (problem) throw new Error(`${problem.setting}: ${problem.message}`);
    const key = props.encryptionKey ?? encryptionKey(this, 'Key', 'Gatehouse: origin secrets');
    this.accepted = ids.map((name) => this.generate(name, key));
    this.sent = this.accepted[0]!;
    this.list = acknowledged(
      new Secret(this, 'List', {
        description: 'Gatehouse: what a distribution may prove itself with',
        encryptionKey: key,
        secretStringValue: SecretValue.unsafePlainText(
          Lazy.string({ produce: () => Stack.of(this).toJsonString(this.accepted) }),
        ),
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    );
  }

  private generate(name: string, key: IKey): string {
    const secret = new Secret(this, `Secret-${name}`, {
      description: `Gatehouse: proves a distribution to the API (${name})`,
      encryptionKey: key,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      // Worth nothing once the list leaves it out.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return acknowledged(secret).secretValue.unsafeUnwrap();
  }
}

function acknowledged(secret: Secret): Secret {
  const reason =
    'CloudFront, AWS WAF and the function have to change together, one step at a time: a deployment replaces the secret, as the documentation describes, and no schedule can.';
  const ids = [
    'AwsSolutions-SMG4',
    'NIST.800.53.R5-SecretsManagerRotationEnabled',
    'HIPAA.Security-SecretsManagerRotationEnabled',
  ];
  Validations.of(secret).acknowledge(...ids.map((id) => ({ id, reason })));
  return secret;
}
