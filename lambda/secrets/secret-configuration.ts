import type { SecretRing } from './secret-ring.ts';

/** The version that was plain text: its ciphertexts do not name their version. */
const plainText = 1;

/** Better Auth signs with the first, encrypts with the first, and decrypts with all. */
export const secretConfiguration = ({ versions }: SecretRing) => ({
  secrets: versions.map(({ version, value }) => ({ version, value })),
  secret: versions.find(({ version }) => version === plainText)?.value,
});
