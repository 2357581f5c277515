import type { SecretVersion } from './secret-versions.ts';

/**
 * Seconds from a version's publication to its first signature. Containers read the secret anew when their copy is five minutes old, and
 * before they answer when it is as old as this: so whoever answers by then knows the version.
 */
export const publishingDelay = 15 * 60;

/** What each version of the secret is good for at one moment. */
export interface SecretRing {
  /** Signs and encrypts. */
  readonly signing: SecretVersion;
  /** Whose signatures count, `signing` first. */
  readonly accepted: readonly SecretVersion[];
  /** All, for decryption, `signing` first. */
  readonly versions: readonly SecretVersion[];
  /** Derives keys that must outlive a rotation: the oldest version that has not leaked. */
  readonly stable: SecretVersion;
}

/**
 * @param versions the newest first
 * @param acceptPrevious seconds for which a version's signatures count after another one has taken its place
 */
export function secretRing(versions: readonly SecretVersion[], now: Date, acceptPrevious: number): SecretRing {
  const trusted = versions.filter(({ distrusted }) => !distrusted);
  // When all are new, as after a leak, there is nothing to wait with.
  const signing = trusted.find((version) => inUseSince(version) <= now.getTime()) ?? trusted.at(-1)!;
  const counts = (version: SecretVersion): boolean => {
    const successor = versions[versions.indexOf(version) - 1];
    return !successor || now.getTime() < inUseSince(successor) + acceptPrevious * 1000;
  };
  const first = (all: readonly SecretVersion[]) => [signing, ...all.filter((version) => version !== signing)];
  return {
    signing,
    accepted: first(trusted.filter(counts)),
    versions: first(versions),
    stable: trusted.at(-1)!,
  };
}

const inUseSince = ({ created }: SecretVersion): number => created.getTime() + publishingDelay * 1000;

/** Whether two rings do the same. */
export const sameRing = (one: SecretRing, other: SecretRing): boolean =>
  ringText(one) === ringText(other) && one.versions.every(({ value }, i) => value === other.versions[i]?.value);

const ringText = ({ accepted, versions }: SecretRing): string =>
  [accepted, versions].map((list) => list.map(({ version }) => version).join()).join(';');
