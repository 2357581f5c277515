import { randomBytes, randomUUID } from 'node:crypto';
import { optionalText, text, texts } from './input.ts';
import { AwsError, account, type Input, type JsonService, region, timestamp } from './protocol.ts';
import type { SecretVersion, StateStore, StoredSecret } from './state.ts';

const arnPrefix = `arn:aws:secretsmanager:${region}:${account}:secret:`;
const current = 'AWSCURRENT';
const previous = 'AWSPREVIOUS';

/** AWS Secrets Manager: text secrets with versions and stages. Source: AWS Secrets Manager API Reference. */
export function secretsManager({ state, save }: StateStore, now: () => number): JsonService {
  const find = (input: Input): StoredSecret => {
    const id = text(input, 'SecretId', { min: 1, max: 2_048 });
    const found = Object.values(state.secrets).find(
      // The last part is an ARN without the six random characters, which the service takes too.
      ({ arn, name }) => id === name || id === arn || id === `${arnPrefix}${name}`,
    );
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };

  const version = (input: Input): SecretVersion => ({
    versionId: optionalText(input, 'ClientRequestToken', { min: 32, max: 64 }) ?? randomUUID(),
    createdAt: now(),
    value: secretString(input),
    stages: [],
  });

  return {
    targetPrefix: 'secretsmanager',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      CreateSecret(input) {
        const name = text(input, 'Name', { min: 1, max: 512, pattern: /^[A-Za-z0-9/_+=.@-]+$/ });
        if (Object.hasOwn(state.secrets, name)) {
          throw new AwsError(
            'ResourceExistsException',
            `The operation failed because the secret ${name} already exists.`,
          );
        }
        const first = { ...version(input), stages: [current] };
        const arn = `${arnPrefix}${name}-${randomBytes(3).toString('hex')}`;
        state.secrets[name] = { arn, name, createdAt: now(), versions: [first] };
        save();
        return { ARN: arn, Name: name, VersionId: first.versionId };
      },
      GetSecretValue: (input) => getSecretValue(find(input), input),
      PutSecretValue(input) {
        const secret = find(input);
        const answer = putSecretValue(secret, version(input), texts(input, 'VersionStages'));
        save();
        return answer;
      },
    },
  };
}

function getSecretValue(secret: StoredSecret, input: Input): object {
  const id = optionalText(input, 'VersionId', { min: 32, max: 64 });
  const stage = optionalText(input, 'VersionStage', { min: 1, max: 256 }) ?? (id ? undefined : current);
  const found = secret.versions.find(
    (version) => (!id || version.versionId === id) && (!stage || version.stages.includes(stage)),
  );
  if (!found) {
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${id ? `VersionId: ${id}` : `staging label: ${stage}`}`,
    );
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: found.versionId,
    SecretString: found.value,
    VersionStages: found.stages,
    CreatedDate: timestamp(found.createdAt),
  };
}

/** A stage is on one version at a time; the version that loses AWSCURRENT becomes AWSPREVIOUS. */
function putSecretValue(secret: StoredSecret, version: SecretVersion, requested: readonly string[]): object {
  if (secret.versions.some(({ versionId }) => versionId === version.versionId)) {
    throw new AwsError(
      'ResourceExistsException',
      `The version ${version.versionId} already exists; a retry needs its own token.`,
    );
  }
  const stages = requested.length ? [...requested] : [current];
  const replaced = stages.includes(current) && secret.versions.find((other) => other.stages.includes(current));
  for (const other of secret.versions) {
    other.stages = other.stages.filter((stage) => !stages.includes(stage) && !(replaced && stage === previous));
  }
  if (replaced) replaced.stages.push(previous);
  version.stages = stages;
  // A version without a stage is deprecated: the service removes it.
  secret.versions = [...secret.versions.filter((other) => other.stages.length), version];
  return { ARN: secret.arn, Name: secret.name, VersionId: version.versionId, VersionStages: stages };
}

function secretString(input: Input): string {
  if (input.SecretBinary !== undefined) {
    throw new AwsError('InvalidParameterException', 'SecretBinary is not served locally; use SecretString.');
  }
  const value = optionalText(input, 'SecretString', { min: 1, max: 65_536 });
  if (value !== undefined) return value;
  throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
}
