/** Where the emulated API Gateway serves what a real one would serve at the public base URL. */
export interface GatewayAddress {
  /** Where to connect. */
  readonly origin: string;
  /** The Host header by which it knows the API. */
  readonly host: string;
}

/** @param baseUrl The stack's output: `https://<api id>.execute-api.<Region>.amazonaws.com/<stage>`. */
export function gatewayAddress(
  baseUrl: string,
  emulator: { readonly endpoint: string; readonly port: number },
): GatewayAddress {
  const apiId = new URL(baseUrl).hostname.split('.')[0];
  return { origin: emulator.endpoint, host: `${apiId}.execute-api.localhost:${emulator.port}` };
}
