import { Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CfnIPSet } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { allowEvents } from '../encryption-key.ts';
import { deployRoleArn } from '../execution-role.ts';
import type { Firewall } from '../firewall/firewall.ts';
import type { SigningKeys } from '../signing-keys.ts';
import type { AuditTrail } from './audit-trail.ts';
import * as data from './tampering/data.ts';
import * as front from './tampering/front.ts';
import { functions } from './tampering/functions.ts';
import * as keys from './tampering/keys.ts';
import type { TamperPattern } from './tampering/pattern.ts';
import * as records from './tampering/records.ts';
import { stackChanges } from './tampering/stack.ts';

/** What is watched; what is left out is not. */
export interface TamperRulesProps {
  /** Is told; one of your own has to let events.amazonaws.com publish. */
  readonly topic: ITopic;
  /** Encrypts the topic; its policy gets a statement for EventBridge. @default - the topic is not encrypted, or its key allows it already */
  readonly topicKey?: IKey;
  /** Whose disabling, deletion and policy are watched. */
  readonly signingKeys?: Pick<SigningKeys, 'keys'>;
  /** The same for keys of data and logs. */
  readonly encryptionKeys?: readonly IKey[];
  /** Deletion, settings and restores are watched. */
  readonly tables?: readonly ITable[];
  /** Deletion, policy and values are watched. */
  readonly secrets?: readonly ISecret[];
  /** Code, settings and permissions are watched. */
  readonly functions?: readonly IFunction[];
  /** With the stage that its URL names. */
  readonly api?: RestApi;
  /** One for CloudFront is in us-east-1, so its calls are seen there only. */
  readonly firewall?: Firewall;
  /** Its log group, and its archive. */
  readonly auditTrail?: AuditTrail;
  /** The qualifier of the CDK bootstrap that deploys the stack. @default - that of the stack's synthesizer */
  readonly bootstrapQualifier?: string;
}

/**
 * Tells somebody when keys, tables, secrets, functions, the firewall, the API, the records or the stack itself are changed by anybody but
 * a deployment. It sees what CloudTrail sees: it needs a trail in this Region that has management events.
 */
export class TamperRules extends Construct {
  constructor(scope: Construct, id: string, props: TamperRulesProps) {
    super(scope, id);
    const { topic, topicKey } = props;
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PublishEvents',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
    );
    if (topicKey) allowEvents(topicKey);
    for (const [name, watched] of Object.entries(this.patterns(props))) if (watched) this.add(name, watched, topic);
  }

  private patterns(props: TamperRulesProps): Record<string, TamperPattern | undefined> {
    const { signingKeys, encryptionKeys = [], tables = [], secrets = [], functions: watched = [], api } = props;
    const { firewall, auditTrail, topic } = props;
    const { stackName, stackId } = Stack.of(this);
    return {
      SigningKeys: signingKeys && keys.signingKeys(signingKeys.keys.map(({ key }) => key.keyArn)),
      EncryptionKeys: some(encryptionKeys, (all) => keys.encryptionKeys(all.map(({ keyArn }) => keyArn))),
      Tables: some(tables, data.tables),
      Secrets: some(secrets, (all) => data.secrets(all.map(({ secretName }) => secretName))),
      Functions: some(watched, (all) => functions(all.map(({ functionName }) => functionName))),
      Api: api && front.api(api.restApiId),
      Firewall: firewall && api && front.firewall(watchedFirewall(firewall), api.deploymentStage.stageArn),
      AuditLog: auditTrail && records.auditLog(auditTrail.logGroup.logGroupName),
      ArchiveStream: auditTrail?.archive && records.archiveStream(auditTrail.archive.stream.ref),
      ArchiveBucket: auditTrail?.archive && records.archiveBucket(auditTrail.archive.bucket.bucketName),
      Trails: records.trails(),
      Alarms: records.alarms(stackName, topic.topicArn),
      Stack: stackChanges(stackName, stackId, deployRoleArn(this, props.bootstrapQualifier)),
    };
  }

  private add(name: string, { subject, pattern }: TamperPattern, topic: ITopic): void {
    const { stackName } = Stack.of(this);
    const message = RuleTargetInput.fromText(
      `Gatehouse in ${stackName}: ${subject} was changed, or somebody tried, outside of a deployment. ` +
        `${field('eventName')} by ${field('userIdentity.arn')} (${field('userIdentity.type')}) from ${field('sourceIPAddress')} ` +
        `at ${field('eventTime')}; the event of CloudTrail is ${field('eventID')}.`,
    );
    new Rule(this, name, {
      description: `Gatehouse: changes of ${subject}`,
      eventPattern: pattern,
      // Not with a role: with one, EventBridge cannot publish to an encrypted topic. Source: Amazon EventBridge, "Using resource-based policies".
      targets: [{ bind: () => ({ arn: topic.topicArn, input: message }) }],
    });
  }
}

const field = (path: string): string => EventField.fromPath(`$.detail.${path}`);

const some = <T>(all: readonly T[], make: (all: readonly T[]) => TamperPattern): TamperPattern | undefined =>
  all.length > 0 ? make(all) : undefined;

const watchedFirewall = ({ webAcl, webAclArn, node }: Firewall): front.WatchedFirewall => ({
  webAclArn,
  webAclId: webAcl.attrId,
  ipSetIds: node.children.filter((child) => child instanceof CfnIPSet).map(({ attrId }) => attrId),
});
