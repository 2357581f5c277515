import { readFileSync } from 'node:fs';
import { stackSettings } from '../../contract/stack-settings.ts';
import { commentsOf } from './comments.ts';
import { type Setting, settingsOf } from './setting.ts';

export const pageFile = 'docs/configuration.md';

/** The text of docs/configuration.md. Throws an error that names the settings without a doc comment. */
export function configurationPage(): string {
  const comments = commentsOf(readFileSync(new URL('../../lib/stage-config.ts', import.meta.url), 'utf8'));
  const settings = settingsOf();
  const bare = settings.filter(({ path }) => !path.includes('.') && !comments.has(path));
  if (bare.length > 0) {
    throw new Error(`lib/stage-config.ts: no doc comment above ${bare.map(({ path }) => path).join(', ')}`);
  }
  const standards = new Map(stackSettings.map(({ setting, standard }) => [setting, standard]));
  const row = ({ path, type, required }: Setting) => {
    const { text, byDefault } = comments.get(path) ?? { text: '', byDefault: undefined };
    const otherwise = byDefault ?? (required ? 'required' : type === 'object' ? '' : 'none');
    return line(`\`${path}\``, `\`${type}\``, otherwise, linked(text), standards.get(path) ?? '');
  };
  return `${introduction}${[line('setting', 'type', 'default', 'what', 'asked for by'), `|${' --- |'.repeat(5)}`, ...settings.map(row)].join('\n')}\n`;
}

const introduction = `# Configuration

Made from lib/stage-config.ts by \`npm run report:configuration\`; do not edit it.

\`gatehouse.config.ts\` says what is deployed: \`defineConfig({ stages: { dev: { … }, prod: { … } } })\`, with these settings for each stage.
A name that is not here, a value that is not allowed, and in \`prod\` whatever would make it weaker are errors at synth that name the setting.
\`npm run doctor\` prints [what is in force](doctor.md). What Better Auth does is set in \`lambda/auth/options.ts\`: see the
[reference of \`AuthOptions\`](api/auth-options.md).

\`signingKeys[].id\` is the \`id\` of each element; a setting inside a section that is left out is not required.

`;

const line = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** Pages that a comment names, as links from docs/. */
const linked = (text: string): string => text.replaceAll(/\bdocs\/([\w/-]+\.md)/g, '[$1]($1)');
