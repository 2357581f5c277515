import { expect } from '@jest/globals';
import { eventually } from '../local/processes.ts';
import type { FlowTarget } from './flow-target.ts';

/** A request that is no browser's: exactly these headers, no cookies kept, no redirect followed. */
export function send({ url, fetch: reach = fetch }: FlowTarget, path: string, init?: RequestInit): Promise<Response> {
  return reach(url + path, { ...init, redirect: 'manual' });
}

export function postJson(target: FlowTarget, path: string, headers: Record<string, string> = {}, body: object = {}) {
  return send(target, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** What the holder of these cookies sees of the session; null when it is gone. */
export async function sessionOf(target: FlowTarget, cookie: string): Promise<unknown> {
  const response = await send(target, '/api/auth/get-session', { headers: { cookie } });
  expect(response.status).toBe(200);
  return response.json();
}

/** Checks that the events are on record, where the target's record can be read; they can be on their way still. */
export async function expectAudited({ auditEvents }: FlowTarget, ...expected: readonly string[]): Promise<void> {
  if (!auditEvents) return;
  await eventually(async () => {
    const events = new Set(await auditEvents());
    return expected.every((event) => events.has(event));
  });
}
