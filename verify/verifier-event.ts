import type { VerifiedClaims } from './claims.ts';
import type { TokenDetails, VerificationError, VerificationErrorCode } from './verification-error.ts';

/** What happened to one token, for the resource server's own log. It never holds the token. */
export type VerifierEvent = AcceptedEvent | RefusedEvent;

/** A token was accepted. */
export interface AcceptedEvent {
  readonly type: 'verified';
  readonly kid: string;
  readonly sub: string;
  readonly jti?: string | undefined;
}

export interface RefusedEvent extends TokenDetails {
  /**
   * `expired`: was good once, which is everyday. `forged`: made or changed by someone without the issuer's key.
   * `keys_unavailable`: nobody can tell. `refused`: everything else.
   */
  readonly type: 'expired' | 'forged' | 'refused' | 'keys_unavailable';
  readonly code: VerificationErrorCode;
  readonly message: string;
}

const types: Partial<Record<VerificationErrorCode, RefusedEvent['type']>> = {
  TOKEN_EXPIRED: 'expired',
  SIGNATURE_INVALID: 'forged',
  ALGORITHM_NOT_ALLOWED: 'forged',
  HEADER_NOT_ALLOWED: 'forged',
  KEYS_UNAVAILABLE: 'keys_unavailable',
};

export const acceptedEvent = (kid: string, { sub, jti }: VerifiedClaims): AcceptedEvent => ({
  type: 'verified',
  kid,
  sub,
  jti,
});

export const refusedEvent = ({ code, message, details }: VerificationError): RefusedEvent => ({
  type: types[code] ?? 'refused',
  code,
  message,
  ...details,
});

/** Calls a listener whose failure is no reason to answer a request differently. */
export function report<Event>(listener: (event: Event) => void, event: Event): void {
  try {
    // An async function is a listener too, and its rejection would end a Node process.
    Promise.resolve(listener(event) as unknown).catch(() => {});
  } catch {
    // The same failure, of a synchronous listener.
  }
}
