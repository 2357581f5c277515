import { parseStrictJson } from './strict-json.ts';

/** Bytes that a discovery document or a key set may have; API Gateway's own authorizers stop at about the same. */
export const maxDocumentBytes = 128 * 1024;

/** Fetches a JSON document: status 200, no redirect, of bounded size, until `signal` aborts, whatever `fetch` makes of it. Throws. */
export async function fetchJson(fetch: typeof globalThis.fetch, url: URL, signal: AbortSignal): Promise<unknown> {
  return Promise.race([download(fetch, url, signal), aborted(signal)]);
}

async function download(fetch: typeof globalThis.fetch, url: URL, signal: AbortSignal): Promise<unknown> {
  // Not 'error': some edge runtimes do not know it.
  const response = await fetch(url.href, { headers: { Accept: 'application/json' }, redirect: 'manual', signal });
  if (response.status !== 200) throw new Error(`${url} answered with status ${response.status}`);
  return parseStrictJson(await boundedText(response, url));
}

async function boundedText(response: Response, url: URL): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) return text + decoder.decode();
    size += chunk.value.length;
    if (size > maxDocumentBytes) {
      await reader?.cancel();
      throw new Error(`${url} answered with more than ${maxDocumentBytes} bytes`);
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
