import { Annotations, type Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key, type KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { rotationWaits, signingAlgorithms } from '../contract/signing.ts';
import { executionRoleArn, qualifierProblem } from './execution-role.ts';
import { KeyPublisher, type KeyToPublish } from './key-publisher.ts';
import { requireRoleArns } from './role-arns.ts';
import { defaultSigningKeys, type SigningKeyConfig, signingKeyProblems } from './signing-key-config.ts';
import type { LockedKey } from './signing-key-lock.ts';
import { signingKeyPolicy } from './signing-key-policy.ts';
import { rotationProblems } from './signing-key-rotation.ts';

export interface SigningKeysProps {
  /** The keys and their states; the first active one signs where no algorithm is asked for. @default - an active ES256 key and a standby */
  readonly keys?: readonly SigningKeyConfig[];
  /** Roles that may disable a key and schedule its deletion, beside the root user; `*` may stand in part of the name. @default - none */
  readonly breakGlassRoleArns?: readonly string[];
  /** Roles that deploy the stack, and so may change key policies and tags. @default - the execution role of the CDK bootstrap */
  readonly deploymentRoleArns?: readonly string[];
  /** The qualifier of that bootstrap; excludes `deploymentRoleArns`. @default - that of the stack's synthesizer */
  readonly bootstrapQualifier?: string;
  /** What is on record about the keys; keys that do not follow from it are an error of their stack at synth. @default - deployment alone refuses unsafe steps */
  readonly lock?: readonly LockedKey[];
  /** From publishing a key to its first signature; verifiers may keep a key set that long. @default - 2 hours 50 minutes */
  readonly publishWait?: Duration;
  /** From a key's retirement to its withdrawal; its tokens stay valid that long. @default - 1 hour */
  readonly dropWait?: Duration;
  /** Make new keys multi-Region primaries, which cannot change later for a key. @default - false */
  readonly multiRegion?: boolean;
  /** Regions into which the deployment may replicate them; needs `multiRegion`. @default - none */
  readonly replicaRegions?: readonly string[];
  /** Encrypts the publishing function's log group. @default - a new customer-managed key */
  readonly logsKey?: IKey;
  /** How long the publishing function's logs are kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
  /** Code of the publishing function. @default - Gatehouse's own */
  readonly publisherCode?: Code;
}

/** KMS keys that sign tokens, one for each generation. One role signs; the public keys are published at deployment. */
export class SigningKeys extends Construct {
  /** JSON: `PublishedKey[]` of contract/signing.ts, for the auth function's environment; a token until deployment. */
  readonly publishedKeys: string;
  /** Changes with every step of a rotation. A function version that reads `publishedKeys` has to change with it. */
  readonly fingerprint: string;
  readonly keys: readonly KeyToPublish[];
  private readonly publisher: KeyPublisher;
  private signer?: IRole;

  constructor(scope: Construct, id: string, props: SigningKeysProps = {}) {
    super(scope, id);
    const configs = props.keys ?? defaultSigningKeys;
    const waits = {
      publish: props.publishWait?.toSeconds() ?? rotationWaits.publish,
      drop: props.dropWait?.toSeconds() ?? rotationWaits.drop,
    };
    requireConsistency(props, configs);
    if (props.lock) this.refuse(rotationProblems({ keys: configs, lock: props.lock, waits, now: new Date() }));

    this.keys = configs.map((config) => {
      const { id, algorithm, state, key } = config;
      return { id, algorithm, state, key: key ?? this.createKey(config, props) };
    });
    this.fingerprint = JSON.stringify(configs.map(({ id, algorithm, state }) => [id, algorithm, state]));
    this.publisher = new KeyPublisher(this, 'Publisher', {
      keys: this.keys,
      waits,
      emergency: {
        active: emergencies(props.lock, 'active'),
        dropped: emergencies(props.lock, 'dropped'),
      },
      logsKey: props.logsKey,
      logRetention: props.logRetention,
      code: props.publisherCode,
    });
    this.publishedKeys = this.publisher.publishedKeys;
  }

  /** The key set and discovery of `issuer` as JSON for a CloudFront function; a token until deployment. Call it once. */
  edgeAnswers(issuer: string, jwksUri: string): string {
    return this.publisher.edgeAnswers(issuer, jwksUri);
  }

  /**
   * Makes `role` the one role that signs. It may use every listed key, so that a step of the rotation fails no request on
   * containers that are still running, nor while IAM spreads the change.
   */
  grantSign(role: IRole): void {
    if (this.signer && this.signer !== role) {
      throw new Error(
        `grantSign: '${this.signer.node.path}' signs already; exactly one role is allowed, got '${role.node.path}'`,
      );
    }
    this.signer = role;
    for (const algorithm of new Set(this.keys.map((key) => key.algorithm))) {
      const { kmsAlgorithm, messageType } = signingAlgorithms[algorithm];
      role.addToPrincipalPolicy(
        new PolicyStatement({
          actions: ['kms:Sign'],
          resources: this.keys.filter((key) => key.algorithm === algorithm).map(({ key }) => key.keyArn),
          conditions: { StringEquals: { 'kms:SigningAlgorithm': kmsAlgorithm, 'kms:MessageType': messageType } },
        }),
      );
    }
  }

  /** Errors of this stack, not exceptions: those of one stage must not stop an emergency deployment of another in the same app. */
  private refuse(problems: readonly string[]): void {
    if (problems.length > 0) Annotations.of(this).addError(`signingKeys: ${problems.join('; ')}`);
  }

  private createKey({ id, algorithm, multiRegion }: SigningKeyConfig, props: SigningKeysProps): Key {
    const { account, partition } = Stack.of(this);
    const rootArn = `arn:${partition}:iam::${account}:root`;
    return new Key(this, id, {
      description: `Gatehouse: signing key ${id} (${algorithm})`,
      keySpec: signingAlgorithms[algorithm].keySpec as KeySpec,
      keyUsage: KeyUsage.SIGN_VERIFY,
      multiRegion: multiRegion ?? props.multiRegion,
      policy: signingKeyPolicy({
        algorithm,
        signerRoleArn: Lazy.string({ produce: () => this.signer?.roleArn ?? rootArn }),
        rootArn,
        breakGlassRoleArns: props.breakGlassRoleArns ?? [],
        deploymentRoleArns: props.deploymentRoleArns ?? [executionRoleArn(this, props.bootstrapQualifier)],
        replicaRegions: props.replicaRegions ?? [],
      }),
      // Kept after a failed first deployment too: its policy denies the deployment role the deletion, which would fail the rollback.
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

function requireConsistency(props: SigningKeysProps, keys: readonly SigningKeyConfig[]): void {
  const problems = signingKeyProblems(keys);
  if (problems.length > 0) throw new Error(`signingKeys: ${problems.join('; ')}`);
  requireRoleArns('breakGlassRoleArns', props.breakGlassRoleArns);
  requireRoleArns('deploymentRoleArns', props.deploymentRoleArns);
  const { bootstrapQualifier, deploymentRoleArns, replicaRegions = [] } = props;
  const qualifier = bootstrapQualifier === undefined ? undefined : qualifierProblem(bootstrapQualifier);
  if (qualifier) throw new Error(`bootstrapQualifier: ${qualifier}`);
  if (bootstrapQualifier && deploymentRoleArns) {
    throw new Error('bootstrapQualifier: excludes deploymentRoleArns; give one of the two');
  }
  if (replicaRegions.length > 0 && !props.multiRegion && !keys.some((key) => key.multiRegion)) {
    throw new Error('replicaRegions: needs multiRegion; a key of one Region cannot be replicated');
  }
}

const emergencies = (lock: readonly LockedKey[] = [], step: 'active' | 'dropped'): string[] =>
  lock.filter(({ emergency }) => emergency?.[step]).map(({ id }) => id);
