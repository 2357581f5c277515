import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalError } from './errors.ts';

/**
 * Whether a Host header names this server on the loopback. A page of another site can make a browser resolve that site's name
 * to 127.0.0.1 (DNS rebinding) and so reach a local server as its own origin; the Host header then still carries the name.
 */
export function isLoopbackHost(host: string | undefined, port: number): boolean {
  const match = /^(localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?$/.exec(host?.toLowerCase() ?? '');
  return match !== null && Number(match[2] ?? 80) === port;
}

/**
 * Listens on both loopback addresses, so that nobody else can be `localhost` on this port.
 *
 * @param port 0 for any free one.
 * @throws LocalError PORT_TAKEN
 */
export async function listenOnLoopback(serve: RequestListener, port: number): Promise<Server[]> {
  const first = createServer(serve);
  await listen(first, port, '127.0.0.1');
  const chosen = (first.address() as AddressInfo).port;
  const second = createServer(serve);
  try {
    await listen(second, chosen, '::1');
    return [first, second];
  } catch (error) {
    // A machine without IPv6 has one loopback address.
    if (!(error instanceof LocalError)) return [first];
    await closeServer(first);
    if (port === 0) return listenOnLoopback(serve, port);
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new LocalError(
              'PORT_TAKEN',
              `port ${port} is taken (${error.code}); set PORT to a free one, or to 0 for any free one`,
            )
          : error,
      ),
    );
    server.listen(port, host, resolve);
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
