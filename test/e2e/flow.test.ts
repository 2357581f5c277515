import { afterAll, beforeAll, describe } from '@jest/globals';
import type { SentMail } from '../../local/aws/ses.ts';
import { npmStart, readyLine, type Started } from '../local/npm-start.ts';
import { eventually } from '../local/processes.ts';
import { type FlowTarget, flow } from './flow.ts';

describe('npm start', () => {
  let started: Started;
  let target: FlowTarget;

  beforeAll(async () => {
    started = npmStart();
    const url = (await started.waitFor(readyLine))[1]!;
    const read = async <T>(path: string) => (await (await fetch(url + path)).json()) as readonly T[];
    target = {
      url,
      auditEvents: async () => (await read<{ event: string }>('/local/audit')).map(({ event }) => event),
      async mailedLink(to) {
        const newest = async () => (await read<SentMail>('/local/mail')).find((mail) => mail.to.includes(to));
        await eventually(async () => (await newest()) !== undefined);
        return (await newest())!.link!;
      },
    };
  });
  afterAll(() => started.stop());

  flow(() => target);
});
