import { IdentityStoreError } from '../../lambda/identity/index.ts';
import { AdminError } from './admin-error.ts';

const refusals = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'KMSAccessDeniedException',
  'NotAuthorized',
]);

const noIdentity = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);

/** What an error of AWS, or of the store, means to an operator. A bug stays as it is. */
export function explainError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AdminError) return error;
  const cause = error instanceof IdentityStoreError && error.cause instanceof Error ? error.cause : error;
  if (refusals.has(cause.name)) return new AdminError('PERMISSION_MISSING', cause.message, { cause: error });
  if (noIdentity.has(cause.name)) {
    return new AdminError('CREDENTIALS_MISSING', `AWS does not accept the credentials: ${cause.message}`, {
      cause: error,
    });
  }
  if (cause.message === 'Region is missing') {
    return new AdminError('USAGE', 'the credentials name no Region; give --region', { cause: error });
  }
  if (error instanceof IdentityStoreError) {
    if (error.code === 'CONFLICT') return new AdminError('CONFLICT', `${error.message}; try again`, { cause: error });
    if (error.code === 'STORE_UNAVAILABLE') return unavailable(cause, error);
    return new AdminError('USER_INVALID', error.message, { cause: error });
  }
  return isFromAws(cause) || 'code' in cause ? unavailable(cause, error) : error;
}

const isFromAws = (error: Error): boolean => '$metadata' in error || '$fault' in error;

const unavailable = ({ name, message }: Error, cause: unknown) =>
  new AdminError('UNAVAILABLE', `${name}: ${message}`, { cause });
