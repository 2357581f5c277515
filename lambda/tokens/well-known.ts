import { type WellKnownInput, wellKnownCacheControl, wellKnownDocuments } from './well-known-documents.ts';

/** Serves the public documents of the issuer. They are rendered once per container; a request only compares its ETag. */
export function serveWellKnown(input: WellKnownInput): (path: string, request: Request) => Response | undefined {
  const documents = wellKnownDocuments(input);
  return (path, request) => {
    const document = documents.get(path);
    if (!document) return undefined;
    const headers = {
      'Cache-Control': wellKnownCacheControl,
      'Content-Type': 'application/json',
      ETag: document.etag,
    };
    const matches = request.headers
      .get('if-none-match')
      ?.split(',')
      .some((tag) => [document.etag, '*'].includes(tag.trim().replace(/^W\//, '')));
    if (matches) return new Response(null, { status: 304, headers });
    return new Response(request.method === 'HEAD' ? null : document.body, { headers });
  };
}
