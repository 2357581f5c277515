import { KMSClient } from '@aws-sdk/client-kms';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod';
import { publishKeys } from '../tokens/publish-keys.ts';
import { signingKeySchema } from '../tokens/signing-key-schema.ts';

const properties = z.object({ Keys: z.array(signingKeySchema).min(1) });

const kms = new KMSClient({});

/**
 * A CloudFormation custom resource that reads the public halves of the signing keys and hands them on as the attribute
 * `PublishedKeys` (JSON), from where they reach the auth function's environment.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    const data =
      event.RequestType === 'Delete'
        ? {}
        : { PublishedKeys: JSON.stringify(await publishKeys(kms, properties.parse(event.ResourceProperties).Keys)) };
    await respond(event, { Status: 'SUCCESS', Data: data });
  } catch (error) {
    console.error(JSON.stringify({ level: 'ERROR', message: 'publishing signing keys failed', error: String(error) }));
    await respond(event, { Status: 'FAILED', Reason: String(error) });
  }
}

/** Without an answer at the pre-signed URL, CloudFormation waits an hour; so this throws, and Lambda retries, if it cannot. */
async function respond(event: CloudFormationCustomResourceEvent, result: object): Promise<void> {
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    headers: { 'Content-Type': '' },
    body: JSON.stringify({
      PhysicalResourceId: 'PhysicalResourceId' in event ? event.PhysicalResourceId : event.LogicalResourceId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      ...result,
    }),
  });
  if (!response.ok) throw new Error(`CloudFormation refused the response with status ${response.status}`);
}
