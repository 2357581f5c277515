import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Place, placeOf } from './place.ts';
import { kinds, type Reflection } from './reflection.ts';
import { section } from './sections.ts';

/** A name with its place; a type and a value may share one. */
interface Entry extends Place {
  readonly name: string;
  readonly exported: boolean;
  readonly reflections: readonly Reflection[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const origin = 'Made from the doc comments by `npm run report:api`; do not edit it.';

/** The pages of the reference, by file name below docs/api/. */
export function pagesOf(project: Reflection): Map<string, string> {
  const entries = entriesOf(project);
  const places = new Map(entries.map((entry) => [entry.name, entry]));
  const known = new Map(
    entries.flatMap(({ reflections }) => reflections.map((reflection) => [reflection.id, reflection])),
  );
  for (const constant of constantsOf(project)) known.set(constant.id, constant);
  const files = [...new Set(entries.map(({ page }) => page))].sort();
  const pages = files.map((page) => {
    const here = entries.filter((entry) => entry.page === page);
    const link = (name: string) => {
      const target = places.get(name);
      if (!target) return undefined;
      return `${target.page === page ? '' : `${target.page}.md`}#${name.toLowerCase()}`;
    };
    const sections = here.map(({ name, reflections, exported }) =>
      section(name, reflections, { known, link }, exported),
    );
    return [`${page}.md`, `${[head(page, here[0]!.from), ...sections].join('\n\n')}\n`] as const;
  });
  return new Map([['README.md', index(files, entries)], ...pages]);
}

function head(page: string, from: string): string {
  const guide = `docs/constructs/${page}.md`;
  const more = existsSync(`${root}${guide}`)
    ? ` What it is for, and an example: [${page}](../constructs/${page}.md).`
    : '';
  return `# ${page}\n\n${origin}\n\nFrom \`${from}\`.${more}`;
}

function index(files: readonly string[], entries: readonly Entry[]): string {
  const rows = files.map((page) => {
    const exported = entries.filter((entry) => entry.page === page && entry.exported);
    const links = exported.map(({ name }) => `[\`${name}\`](${page}.md#${name.toLowerCase()})`);
    return `| [${page}](${page}.md) | \`${entries.find((entry) => entry.page === page)!.from}\` | ${links.join(', ')} |`;
  });
  return `# API reference\n\n${origin}\n\n| page | import from | exports |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** What the entry points export, then what those name without exporting it. */
function entriesOf(project: Reflection): Entry[] {
  const found = project.children!.flatMap((module) => {
    const children = module.children!;
    const inner = children.filter(({ kind }) => kind === kinds.module).flatMap((reflection) => reflection.children!);
    return [
      ...grouped(
        module.name,
        children.filter(({ kind }) => kind !== kinds.module && kind !== kinds.reference),
        true,
      ),
      ...grouped(
        module.name,
        inner.filter(({ kind }) => kind !== kinds.variable),
        false,
      ),
    ];
  });
  // The type behind an exported one of the same name adds nothing.
  return found.filter(
    ({ name, exported }) => exported || !found.some((other) => other.exported && other.name === name),
  );
}

function grouped(module: string, reflections: readonly Reflection[], exported: boolean): Entry[] {
  const names = [...new Set(reflections.map(({ name }) => name))];
  return names.map((name) => {
    const both = reflections.filter((reflection) => reflection.name === name);
    return { name, exported, reflections: both, ...placeOf(module, both[0]!) };
  });
}

/** Constants that types are derived from. */
const constantsOf = (project: Reflection): Reflection[] =>
  project.children!.flatMap(({ children = [] }) =>
    children
      .filter(({ kind }) => kind === kinds.module)
      .flatMap((inner) => inner.children!.filter(({ kind }) => kind === kinds.variable)),
  );
