import type { Comment, Reflection } from './reflection.ts';

/** The text above the tags. */
export const summaryOf = ({ comment }: Reflection): string => textOf(comment?.summary);

/** What follows a tag such as `@default`, without the dash before words. */
export function tagOf({ comment }: Reflection, tag: string): string | undefined {
  const found = comment?.blockTags?.find((block) => block.tag === tag);
  return found && textOf(found.content).replace(/^- /, '');
}

/** What is said of the parameters that need it, by name. */
export function parametersOf({ comment }: Reflection): readonly (readonly [name: string, text: string])[] {
  const blocks = comment?.blockTags?.filter(({ tag }) => tag === '@param') ?? [];
  return blocks.map(({ name, content }) => [name!, textOf(content).replace(/^- /, '')]);
}

/** In one cell of a table. */
export const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

const textOf = (parts: Comment['summary'] = []): string =>
  parts
    .map(({ text }) => text)
    .join('')
    .trim();
