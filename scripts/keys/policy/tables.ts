import { type SigningAlgorithm, signingAlgorithms } from '../../../contract/signing.ts';
import { replicaRegion } from './account.ts';
import { isAllowed, type KeyRequest } from './evaluate.ts';
import { type Principal, principals } from './principals.ts';
import type { Resources } from './resolve.ts';
import { keyIdOf, stackResources } from './stack.ts';

export interface Row {
  readonly label: string;
  /** By principal's name: whether the request is allowed. */
  readonly allowed: Readonly<Record<string, boolean>>;
}

const algorithms = Object.keys(signingAlgorithms) as SigningAlgorithm[];

const sign = (SigningAlgorithm: string, MessageType: string): KeyRequest => ({
  action: 'kms:Sign',
  context: { 'kms:SigningAlgorithm': SigningAlgorithm, 'kms:MessageType': MessageType },
});

/** `kms:Sign` on the key of each algorithm, as Gatehouse asks, and otherwise. */
export function signingRows(resources: Resources): Promise<Row[]> {
  const kmsAlgorithms = [...new Set(Object.values(signingAlgorithms).map(({ kmsAlgorithm }) => kmsAlgorithm))];
  return Promise.all(
    algorithms.flatMap((algorithm) => {
      const { kmsAlgorithm, messageType } = signingAlgorithms[algorithm];
      const keyId = keyIdOf(algorithm, resources);
      const otherType = messageType === 'RAW' ? 'DIGEST' : 'RAW';
      const requests: [string, KeyRequest[]][] = [
        [`${kmsAlgorithm}, ${messageType}`, [sign(kmsAlgorithm, messageType)]],
        [`${kmsAlgorithm}, ${otherType}`, [sign(kmsAlgorithm, otherType)]],
        [
          'any other algorithm',
          kmsAlgorithms
            .filter((other) => other !== kmsAlgorithm)
            .flatMap((other) => [sign(other, 'RAW'), sign(other, 'DIGEST')]),
        ],
      ];
      return requests.map(([label, asked]) => row(`${algorithm} | ${label}`, asked, [keyId], resources));
    }),
  );
}

const actions = [
  'GetPublicKey',
  'Verify',
  'DescribeKey',
  'GetKeyPolicy',
  'UpdateAlias',
  'EnableKey',
  'CancelKeyDeletion',
  'TagResource',
  'UntagResource',
  'PutKeyPolicy',
  'CreateGrant',
  'DisableKey',
  'ScheduleKeyDeletion',
  'ImportKeyMaterial',
  'DeleteImportedKeyMaterial',
  'UpdatePrimaryRegion',
  'ReplicateKey',
];

/** Every other action that matters, on the keys of all algorithms. */
export function actionRows(resources: Resources): Promise<Row[]> {
  return Promise.all(actions.map((name) => row(name, [{ action: `kms:${name}` }], allKeys(resources), resources)));
}

/** `kms:ReplicateKey` on multi-Region keys whose replicas may be in one Region. */
export function replicationRows(): Promise<Row[]> {
  const resources = stackResources({ multiRegionKeys: true, keyReplicaRegions: [replicaRegion] });
  const into = (region: string): KeyRequest => ({
    action: 'kms:ReplicateKey',
    context: { 'kms:ReplicaRegion': region },
  });
  return Promise.all([
    row(`into ${replicaRegion}, which is allowed`, [into(replicaRegion)], allKeys(resources), resources),
    row('into us-east-1, which is not', [into('us-east-1')], allKeys(resources), resources),
  ]);
}

const allKeys = (resources: Resources): string[] => algorithms.map((algorithm) => keyIdOf(algorithm, resources));

/** One answer for all requests and keys: a row that would hide a difference is an error. */
async function row(label: string, requests: KeyRequest[], keyIds: string[], resources: Resources): Promise<Row> {
  const answer = async (principal: Principal) => {
    const answers = await Promise.all(
      requests.flatMap((request) => keyIds.map((keyId) => isAllowed(principal, request, keyId, resources))),
    );
    const [first, ...others] = answers;
    if (first === undefined || others.some((other) => other !== first)) {
      throw new Error(`${label}: the answers for ${principal.name} differ`);
    }
    return [principal.name, first] as const;
  };
  return { label, allowed: Object.fromEntries(await Promise.all(principals(resources).map(answer))) };
}
