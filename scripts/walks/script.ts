import { join } from 'node:path';
import { type Block, readPage } from './page.ts';
import type { Substitution, Walk, WalkedPage } from './walk.ts';

/**
 * One shell script of all that a walk's pages say, in their order, so that a variable lives on as in the reader's terminal.
 *
 * @throws Error when a section is neither followed nor left out, when one of these is not on the page, or when a substitution has nothing
 *   to replace: each is a page that has changed under the walk.
 */
export function scriptOf(root: string, { pages, substitutions, before = '', after }: Walk): string {
  const steps = pages.flatMap((page) => stepsOf(root, page));
  const commands = steps.map(toShell);
  for (const substitution of substitutions) {
    if (!commands.some((command) => command.includes(substitution.from))) {
      throw new Error(`no command has '${substitution.from}' in it any more`);
    }
  }
  const replaced = commands.map((command) => substitutions.reduce(substitute, command));
  return [before, ...replaced, announce('what came of it'), after].join('\n');
}

function stepsOf(root: string, { file, sections, leftOut }: WalkedPage): (Block & { page: string })[] {
  const page = readPage(join(root, file));
  const blocks = page.blocks.filter(isStep);
  const withSteps = new Set(blocks.map(({ section }) => section));
  for (const section of [...sections, ...Object.keys(leftOut)]) {
    if (!withSteps.has(section)) throw new Error(`${file} has no section '${section}' with commands`);
  }
  for (const section of withSteps) {
    if (!sections.includes(section) && !(section in leftOut)) {
      throw new Error(`${file}: section '${section}' has commands, and no walk follows it or says why not`);
    }
  }
  return blocks.filter(({ section }) => sections.includes(section)).map((block) => ({ ...block, page: file }));
}

const isStep = ({ language, file }: Block): boolean => language === 'sh' || file !== undefined;

function toShell({ page, section, file, text }: Block & { page: string }): string {
  const step = file === undefined ? text : `cat > '${file}' <<'END_OF_FILE'\n${text}END_OF_FILE\n`;
  return `${announce(`${page}: ${section}${file === undefined ? '' : `, ${file}`}`)}\n${step}`;
}

const announce = (what: string): string => `echo '--- ${what.replaceAll("'", '’')}'`;

const substitute = (command: string, { from, to }: Substitution): string => command.replaceAll(from, to);
