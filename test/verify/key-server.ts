import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on the loopback that answers as the test says, and counts what it was asked, by path. */
export async function startServer(respond: Respond) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url!);
    respond(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    respond: (next: Respond) => {
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        requests.push(request.url!);
        next(request, response);
      });
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const json = (value: unknown): Respond => {
  return (_, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
};

export const status = (code: number, headers: Record<string, string> = {}): Respond => {
  return (_, response) => response.writeHead(code, headers).end();
};

/** Keeps the connection, and says nothing. */
export const silent: Respond = () => {};
