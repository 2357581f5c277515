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
  const { result, log } = await answer(event);
  await respond(event, result);
  // Last, so that nothing about a log line keeps CloudFormation from its answer.
  log?.();
}

async function answer(event: CloudFormationCustomResourceEvent): Promise<{ result: object; log?: () => void }> {
  try {
    if (event.ResourceType === keyResources.edgeAnswers) {
      return { result: { Status: 'SUCCESS', ...(await edgeAnswers(event)) } };
    }
    const result = { Status: 'SUCCESS', ...(await publish(event, { kms, now: Date.now, sleep: setTimeout })) };
    return event.RequestType === 'Delete' ? { result } : { result, log: () => logPublication(event) };
  } catch (error) {
    return { result: { Status: 'FAILED', Reason: String(error) }, log: () => logPublication(event, error) };
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
