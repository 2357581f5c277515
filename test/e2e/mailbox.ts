import { exec } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FlowTarget } from './flow-target.ts';

type MailedLink = FlowTarget['mailedLink'];

const patience = { tries: 120, between: 1000 };

/**
 * Asks a shell command, once a second, until the link is in what it prints. The command finds the address in `MAIL_TO`.
 *
 * @throws when the command fails, or after two minutes.
 */
export function commandMailbox(url: string, command: string): MailedLink {
  return async (to, endpoint) => {
    for (let tries = 0; tries < patience.tries; tries++) {
      const { stdout } = await promisify(exec)(command, { env: { ...process.env, MAIL_TO: to } });
      const link = linkIn(stdout, url + endpoint);
      if (link) return link;
      await wait(patience.between);
    }
    throw new Error(`--mail-command printed no link to ${url + endpoint} for ${to} within two minutes`);
  };
}

/** Asks a person until the answer has the link in it. */
export function askedMailbox(url: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream): MailedLink {
  return async (to, endpoint) => {
    const terminal = createInterface({ input, output, terminal: false });
    try {
      for await (const line of prompted(terminal, `\nPaste the link from the mail to ${to}: `, output)) {
        const link = linkIn(line, url + endpoint);
        if (link) return link;
        output.write(`That is no link to ${url + endpoint}.`);
      }
      throw new Error(`no link was pasted for the mail to ${to}`);
    } finally {
      terminal.close();
    }
  };
}

async function* prompted(lines: AsyncIterable<string>, prompt: string, output: NodeJS.WritableStream) {
  output.write(prompt);
  for await (const line of lines) {
    yield line;
    output.write(prompt);
  }
}

/** The first link that starts so, up to what cannot stand in a URL in text, HTML or JSON. */
function linkIn(text: string, start: string): string | undefined {
  const [, ...ends] = text.split(start);
  const end = ends.map((rest) => /^[?/][^\s"'<>\\]+/.exec(rest)?.[0]).find((found) => found !== undefined);
  return end && start + end;
}
