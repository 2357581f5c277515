import type { SentMail } from '../../local/aws/ses.ts';
import { eventually } from '../local/processes.ts';
import type { FlowTarget } from './flow-target.ts';

/** What `npm start` serves under `url`: its own pages show mail and audit. */
export function npmStartTarget(url: string): FlowTarget {
  const read = async <T>(path: string) => (await (await fetch(url + path)).json()) as readonly T[];
  return {
    url,
    auditEvents: async () => (await read<{ event: string }>('/local/audit')).map(({ event }) => event),
    async mailedLink(to, endpoint) {
      let link: string | undefined;
      await eventually(async () => {
        const mails = await read<SentMail>('/local/mail');
        link = mails.find((mail) => mail.to.includes(to) && mail.link?.includes(endpoint))?.link;
        return link !== undefined;
      });
      return link!;
    },
  };
}
