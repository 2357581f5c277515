/** What is known about the owner of a password. */
export interface PasswordOwner {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

const separators = /[^\p{L}\p{N}]+/u;
const shortest = 3;

/**
 * Words that an attacker would try first, in lower case: the owner's name and address, and the given ones, whole, in parts and run
 * together.
 */
export function penalisedWords({ email = '', name = '' }: PasswordOwner, others: readonly string[]): string[] {
  const [local = '', domain = ''] = email.split('@');
  const organisation = domain.slice(0, Math.max(0, domain.lastIndexOf('.')));
  const words = [email, local, domain, organisation, name, ...others].flatMap((text) => {
    const parts = text.toLowerCase().split(separators);
    return [text.toLowerCase(), ...parts, parts.join(''), parts.toReversed().join('')];
  });
  return [...new Set(words)].filter((word) => word.length >= shortest);
}
