export { OptionError } from '../verify/option-error.ts';
export { createTokenManager, type TokenManager } from './create-token-manager.ts';
export type { SignedOutReason, TokenManagerOptions, TokenStorage } from './options.ts';
export { TokenManagerError, type TokenManagerErrorCode } from './token-manager-error.ts';
