import { setTimeout } from 'node:timers/promises';
import { KMSClient } from '@aws-sdk/client-kms';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { keyResources } from '../../contract/signing.ts';
import { edgeAnswers } from './edge-answers.ts';
import { logPublication } from './log-publication.ts';
import { publish } from './publisher.ts';

const kms = new KMSClient({});

/** CloudFormation custom resources around the signing keys; what they answer is in publisher.ts and edge-answers.ts. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  await respond(event, await answer(event));
}

async function answer(event: CloudFormationCustomResourceEvent): Promise<object> {
  try {
    if (event.ResourceType === keyResources.edgeAnswers) return { Status: 'SUCCESS', ...(await edgeAnswers(event)) };
    const publication = await publish(event, { kms, now: Date.now, sleep: setTimeout });
    if (event.RequestType !== 'Delete') logPublication(event);
    return { Status: 'SUCCESS', ...publication };
  } catch (error) {
    logPublication(event, error);
    return { Status: 'FAILED', Reason: String(error) };
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
