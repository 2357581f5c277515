import { readFileSync } from 'node:fs';

/** A fenced block of a page. */
export interface Block {
  /** The heading above it. */
  readonly section: string;
  /** `sh` is run; anything else is written, if the line before the block names a file: `` `app.ts`: ``. */
  readonly language: string;
  readonly text: string;
  /** @default - the block is not a file's */
  readonly file?: string;
}

export interface Page {
  readonly sections: readonly string[];
  readonly blocks: readonly Block[];
}

/** Reads the headings of the second level, and the fenced blocks below them. Lines of a list may be indented. */
export function readPage(path: string): Page {
  const sections: string[] = [];
  const blocks: Block[] = [];
  const lines = readFileSync(path, 'utf8').split('\n');
  let lastLine = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    const [, heading] = /^## (.*)$/.exec(line) ?? [];
    const [, indent, language] = /^( *)```(\w+)/.exec(line) ?? [];
    if (heading) sections.push(heading);
    if (language === undefined) {
      if (line.trim()) lastLine = line;
      continue;
    }
    const end = lines.indexOf(`${indent}\`\`\``, index);
    if (end < 0) throw new Error(`${path}:${index + 1}: the block has no end`);
    const text = lines.slice(index + 1, end).map((each) => each.slice(indent!.length));
    const [, file] = (language !== 'sh' && /^ *`([\w./-]+\.\w+)`[^`]*:$/.exec(lastLine)) || [];
    blocks.push({ section: sections.at(-1) ?? '', language, text: `${text.join('\n')}\n`, ...(file && { file }) });
    lastLine = '';
    index = end;
  }
  return { sections, blocks };
}
