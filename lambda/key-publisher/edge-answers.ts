import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod';
import { routes } from '../../contract/routes.ts';
import type { PublishedKey } from '../../contract/signing.ts';
import { setSecurityHeaders } from '../gateway/security-headers.ts';
import { createKeySet } from '../tokens/key-set.ts';
import { wellKnownCacheControl, wellKnownDocuments } from '../tokens/well-known-documents.ts';

const properties = z.object({
  /** JSON: the attribute of the resource that published the keys. */
  PublishedKeys: z.string(),
  Issuer: z.url(),
  JwksUri: z.url(),
});

export interface EdgeAnswers {
  readonly PhysicalResourceId: string;
  readonly Data: { readonly EdgeAnswers?: string };
}

/**
 * What the custom resource answers: as attribute `EdgeAnswers` the documents and headers (JSON) from which a CloudFront function
 * answers as the auth function does. Needs neither KMS nor any permission.
 */
export async function edgeAnswers(event: CloudFormationCustomResourceEvent): Promise<EdgeAnswers> {
  if (event.RequestType === 'Delete') return { PhysicalResourceId: event.PhysicalResourceId, Data: {} };
  const { PublishedKeys, Issuer, JwksUri } = properties.parse(event.ResourceProperties);
  const keySet = await createKeySet(JSON.parse(PublishedKeys) as PublishedKey[]);
  const documents = wellKnownDocuments({ issuer: Issuer, jwksUri: JwksUri, keySet });
  const answers = {
    headers: edgeHeaders(),
    documents: Object.fromEntries(
      // As values, not as text: CloudFormation takes 4 KB, and would escape each quotation mark twice.
      [...documents].map(([path, { body, etag }]) => [path, { etag, document: JSON.parse(body) as unknown }]),
    ),
  };
  const PhysicalResourceId = event.RequestType === 'Update' ? event.PhysicalResourceId : event.LogicalResourceId;
  return { PhysicalResourceId, Data: { EdgeAnswers: JSON.stringify(answers) } };
}

/** By names in lower case, as CloudFront has them. */
function edgeHeaders(): Record<string, string> {
  const headers = new Headers({
    'Access-Control-Allow-Origin': '*',
    'Cache-Control': wellKnownCacheControl,
    'Content-Type': 'application/json',
  });
  setSecurityHeaders(headers, routes.jwks);
  return Object.fromEntries(headers);
}
