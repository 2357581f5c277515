import { CustomResource, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { keyResources, type SigningAlgorithm, type SigningKeyState } from '../contract/signing.ts';
import { functionFolder } from './bundle.ts';
import { encryptionKey } from './encryption-key.ts';
import { encryptedLogGroup } from './log-group.ts';
import { NodeFunction } from './node-function.ts';
import type { RotationWaits } from './signing-key-rotation.ts';

/** A KMS key and its place in the rotation. */
export interface KeyToPublish {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly key: IKey;
}

export interface KeyPublisherProps {
  readonly keys: readonly KeyToPublish[];
  readonly waits: RotationWaits;
  /** Ids of the keys that need not wait, by the step that is urgent. */
  readonly emergency: { readonly active: readonly string[]; readonly dropped: readonly string[] };
  /** Encrypts the function's log group. @default - a new customer-managed key */
  readonly logsKey?: IKey;
  /** How long the function's logs are kept. @default - 1 year */
  readonly logRetention?: RetentionDays;
  /** The function's code. @default - Gatehouse's own */
  readonly code?: Code;
}

/**
 * Reads the public keys from KMS at deployment, so that serving them needs no KMS: verifiers keep working while it is down,
 * also after a cold start. Refuses, and so rolls back, a deployment by which a key would sign before this resource has itself
 * published it for long enough, or would vanish while its tokens are valid.
 */
export class KeyPublisher extends Construct {
  /** JSON: `PublishedKey[]` of contract/signing.ts; a token until deployment. */
  readonly publishedKeys: string;
  private readonly publisher: NodeFunction;

  constructor(scope: Construct, id: string, props: KeyPublisherProps) {
    super(scope, id);
    this.publisher = new NodeFunction(this, 'Function', {
      description: 'Gatehouse: reads the public signing keys at deployment',
      code: props.code ?? Code.fromAsset(functionFolder('key-publisher')),
      logGroup: encryptedLogGroup(this, 'Logs', {
        encryptionKey: props.logsKey ?? encryptionKey(this, 'LogsKey', "Gatehouse: the key publisher's logs"),
        retention: props.logRetention ?? RetentionDays.ONE_YEAR,
      }),
      memorySize: 256,
      timeout: Duration.minutes(1),
    });
    this.publisher.role!.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['kms:GetPublicKey'], resources: props.keys.map(({ key }) => key.keyArn) }),
    );
    const published = new CustomResource(this, 'Resource', {
      resourceType: keyResources.publishedKeys,
      serviceToken: this.publisher.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: {
        Keys: props.keys.map(({ key, ...entry }) => ({ ...entry, keyArn: key.keyArn })),
        PublishWait: props.waits.publish,
        DropWait: props.waits.drop,
        Emergency: props.emergency,
      },
    });
    this.publishedKeys = published.getAttString('PublishedKeys');
  }

  /** JSON from which `edgeAnswersCode` answers for `issuer`; a token until deployment. */
  edgeAnswers(issuer: string, jwksUri: string): string {
    const answers = new CustomResource(this, 'EdgeAnswers', {
      resourceType: keyResources.edgeAnswers,
      serviceToken: this.publisher.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { PublishedKeys: this.publishedKeys, Issuer: issuer, JwksUri: jwksUri },
    });
    return answers.getAttString('EdgeAnswers');
  }
}
