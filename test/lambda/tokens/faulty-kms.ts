import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KMSClient } from '@aws-sdk/client-kms';
import { createClients } from '../../../lambda/auth/clients.ts';

/** What befalls a request: an answer of its own, or, for undefined, that of the KMS behind. */
export type Fault = (response: ServerResponse, answer: object) => void;

export interface FaultyKms {
  /** As the function makes it: its time-outs and retries are part of what is tested. */
  readonly client: Pick<KMSClient, 'send'>;
  fault: Fault | undefined;
  /** Requests so far. */
  requests: number;
  stop(): Promise<void>;
}

/** A KMS endpoint in front of another, which fails on demand. */
export async function startFaultyKms(target: string): Promise<FaultyKms> {
  const server = createServer(async (incoming, response) => {
    kms.requests++;
    const { host: _, ...headers } = incoming.headers;
    const forwarded = request(target, { method: incoming.method, headers });
    forwarded.end(Buffer.concat(await incoming.toArray()));
    const [answer] = await once(forwarded, 'response');
    const body = Buffer.concat(await answer.toArray()).toString();
    if (kms.fault) kms.fault(response, JSON.parse(body) as object);
    else response.writeHead(answer.statusCode, answer.headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const variables = {
    AWS_ENDPOINT_URL_KMS: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  Object.assign(process.env, variables);
  const kms: FaultyKms = {
    client: createClients().kms,
    fault: undefined,
    requests: 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return kms;
}

/** An error in the protocol of KMS. */
export const refusal =
  (status: number, type: string, headers: Record<string, string> = {}): Fault =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type, ...headers })
      .end(JSON.stringify({ __type: type, message: 'injected' }));

/** Answers with other bytes than KMS signed. */
export const otherSignature =
  (change: (signature: Buffer) => Buffer): Fault =>
  (response, answer) => {
    const { Signature } = answer as { Signature: string };
    const changed = { ...answer, Signature: change(Buffer.from(Signature, 'base64')).toString('base64') };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(changed));
  };
