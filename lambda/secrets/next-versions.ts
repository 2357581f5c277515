import { randomBytes } from 'node:crypto';
import type { SecretVersion } from './secret-versions.ts';

/**
 * The versions with a new one in front, which signs once every container knows it.
 *
 * @param leaked nothing that the former versions signed counts any more: everybody is signed out, at once
 */
export function withNextVersion(
  versions: readonly SecretVersion[],
  now: Date,
  { leaked = false }: { readonly leaked?: boolean } = {},
): readonly SecretVersion[] {
  const next = { version: versions[0]!.version + 1, value: randomBytes(48).toString('base64url'), created: now };
  return [next, ...versions.map((version) => (leaked ? { ...version, distrusted: true } : version))];
}
