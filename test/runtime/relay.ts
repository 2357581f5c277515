import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Passes HTTP requests on to a stand-in, over connections to its client that can be cut. */
export interface Relay {
  readonly endpoint: string;
  /** Ends every connection from the client; new ones are taken. @returns how many were open. */
  cut(): Promise<number>;
  stop(): Promise<void>;
}

export async function startRelay(target: string): Promise<Relay> {
  const { host, hostname, port } = new URL(target);

  function pass(request: IncomingMessage, response: ServerResponse): void {
    const { method, url: path, headers } = request;
    const onward = httpRequest({ hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  }

  // The client's connections are ended by `cut` alone.
  const server = createServer({ keepAliveTimeout: 0 }, pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async cut() {
      const open = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
      server.closeAllConnections();
      return open;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
