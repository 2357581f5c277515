import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { type ArchiveSettings, defaultArchiveRetention } from './archive-settings.ts';

/** Glacier Instant Retrieval bills 90 days at least, so nothing moves there that does not stay. */
const coldAfter = 90;

/** A bucket that keeps what it gets for the retention, whoever asks. */
export function archiveBucket(
  scope: Construct,
  id: string,
  encryptionKey: IKey,
  { retention = defaultArchiveRetention, lock = 'governance' }: ArchiveSettings,
): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    encryption: s3.BucketEncryption.KMS,
    encryptionKey,
    // Without a bucket key, KMS is asked for each object: CloudTrail has who read which.
    bucketKeyEnabled: false,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention: s3.ObjectLockRetention[lock](retention),
    lifecycleRules: [lifecycle(retention.toDays())],
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  bucket.addToResourcePolicy(keepObjects(bucket));
  for (const rule of ['S1', 'S3BucketLoggingEnabled'] as const) {
    acknowledge(
      bucket,
      rule,
      'KMS is asked for each object that is read, and CloudTrail records by whom. A bucket with Object Lock cannot take server access logs, so they would need one without.',
    );
  }
  acknowledge(
    bucket,
    'S3BucketReplicationEnabled',
    'It is a copy of the log group already. What copies it to another account or Region belongs to that one; S3 replication can be added.',
  );
  return bucket;
}

/** For everybody. Lifecycle rules are not asked; a delete marker would hide an object that the lock keeps. */
const keepObjects = (bucket: s3.Bucket): PolicyStatement =>
  new PolicyStatement({
    sid: 'KeepObjects',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
    resources: [bucket.arnForObjects('*')],
  });

function lifecycle(days: number): s3.LifecycleRule {
  const transition = {
    storageClass: s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
    transitionAfter: Duration.days(coldAfter),
  };
  return {
    id: 'Retention',
    transitions: days >= 2 * coldAfter ? [transition] : undefined,
    expiration: Duration.days(days),
    noncurrentVersionExpiration: Duration.days(1),
    abortIncompleteMultipartUploadAfter: Duration.days(1),
  };
}
