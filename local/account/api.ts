import { region } from '../aws/protocol.ts';

/**
 * Calls to the emulated account for which the project has no SDK client. The emulator reads the service and the Region in the
 * credential, and looks at no signature.
 */
export interface EmulatorApi {
  /** JSON protocol; `target` is 'Prefix.Operation'. */
  json(service: string, target: string, input: object): Promise<Record<string, unknown>>;
  /** Query protocol; the answer is XML. `accessKeyId`: who calls. @default - the root user */
  query(
    service: string,
    action: string,
    input?: Readonly<Record<string, string>>,
    accessKeyId?: string,
  ): Promise<string>;
  /** A GET that answers JSON. */
  get(path: string, service?: string): Promise<Record<string, unknown>>;
}

/** @throws Error with the answer, where it is not a success. */
export function emulatorApi(endpoint: string): EmulatorApi {
  const send = async (service: string, path: string, init: RequestInit = {}, accessKeyId = 'test') => {
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    const response = await fetch(new URL(path, endpoint), { ...init, headers: { ...init.headers, authorization } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} ${path} answered ${response.status}: ${text}`);
    return text;
  };
  return {
    json: async (service, target, input) => {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
      const answer = await send(service, '/', { method: 'POST', headers, body: JSON.stringify(input) });
      return answer ? JSON.parse(answer) : {};
    },
    query: (service, action, input = {}, accessKeyId) =>
      send(service, '/', { method: 'POST', body: new URLSearchParams({ Action: action, ...input }) }, accessKeyId),
    get: async (path, service = 'none') => JSON.parse(await send(service, path)),
  };
}

/** The contents of all elements of this name, in order; elements inside them stay as they are. */
export const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map((match) => match[1]!);
