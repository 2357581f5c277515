import { defineRequestState, hasRequestState } from '@better-auth/core/context';

export interface VerifiedPassword {
  readonly password: string;
  /** The stored hash that it verified against. */
  readonly hash: string;
}

interface PasswordState {
  verified?: VerifiedPassword;
  /** A hash that was begun before it was asked for. */
  begun?: { readonly password: string; readonly hash: Promise<string> };
}

const state = defineRequestState<PasswordState>(() => ({}));

/** What this request did with passwords so far. Outside a request nothing is kept. */
export const passwordState = async (): Promise<PasswordState> => ((await hasRequestState()) ? state.get() : {});
