export type NetworksErrorCode =
  | 'USAGE'
  | 'NETWORK_INVALID'
  | 'NETWORK_MISSING'
  | 'LIST_FULL'
  | 'TABLE_UNKNOWN'
  | 'CONFLICT';

/** A refusal of `npm run networks`, in words for the operator. Nothing has been changed. */
export class NetworksError extends Error {
  override readonly name = 'NetworksError';
  constructor(
    readonly code: NetworksErrorCode,
    message: string,
  ) {
    super(message);
  }
}
