import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/**
 * A fetch for a stack that listens elsewhere than its public URL says: connects to `origin`, sends `host` as Host header, and
 * keeps path, query and all else. Node's own fetch does not send another Host than the URL's. A URL that is not below `url` is
 * refused: the suite has no business there.
 *
 * @param url The stack's public base URL.
 * @param at `origin`: where it listens over plain http. `host`: @default - that of `origin`
 */
export function connectAt(url: string, at: { readonly origin: string; readonly host?: string }): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(`${url}/`)) throw new Error(`${request.url} is not below ${url}`);
    const { pathname, search } = new URL(request.url);
    const headers = { ...Object.fromEntries(request.headers), ...(at.host && { host: at.host }) };
    const body = Buffer.from(await request.arrayBuffer());
    const answer = await send(new URL(pathname + search, at.origin), request.method, headers, body);
    return toResponse(answer);
  };
}

function send(url: URL, method: string, headers: Record<string, string>, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
    const outgoing = httpRequest(url, { method, headers: { 'user-agent': 'node', ...headers, ...length } }, resolve);
    outgoing.once('error', reject).end(body);
  });
}

/** Header by header, as they came: whether cookies were folded into one must still show. */
async function toResponse(answer: IncomingMessage): Promise<Response> {
  const headers = new Headers();
  const { rawHeaders } = answer;
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  const content = await buffer(answer);
  return new Response(content.length > 0 ? content : null, { status: answer.statusCode ?? 502, headers });
}
