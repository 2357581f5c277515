import { signer } from './derived-key.ts';

/** Names one lock. It can be used once, since the lock is gone then, and ends with the lock. */
export interface UnlockClaim {
  readonly key: string;
  readonly lockId: string;
  /** Whose lock it is. */
  readonly userId: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

export interface UnlockTokens {
  sign(claim: UnlockClaim): string;
  /** Undefined for what was never signed here or has expired. */
  read(token: string): UnlockClaim | undefined;
}

export function unlockTokens(secrets: readonly string[], now: () => Date): UnlockTokens {
  const signatures = signer(secrets, 'unlock link');
  return {
    sign(claim) {
      const payload = Buffer.from(JSON.stringify(claim)).toString('base64url');
      return `${payload}.${signatures.sign(payload)}`;
    },
    read(token) {
      const [payload = '', signature = ''] = token.split('.', 2);
      if (!signatures.verify(signature, payload)) return undefined;
      const claim = JSON.parse(Buffer.from(payload, 'base64url').toString()) as UnlockClaim;
      return claim.expires > now().getTime() ? claim : undefined;
    },
  };
}
