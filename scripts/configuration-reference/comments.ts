/** What is said of a setting above it. */
export interface SettingComment {
  readonly text: string;
  /** After `@default -`. */
  readonly byDefault: string | undefined;
}

type Member = [match: string, comment: string | undefined, indent: string, name: string];

/**
 * The doc comments of a schema's source, by dotted path. Members are told from what holds them by their indentation, which the formatter
 * keeps.
 */
export function commentsOf(source: string): Map<string, SettingComment> {
  const [, body = ''] = source.split(/^export const stageConfig = .*$/m);
  const found = new Map<string, SettingComment>();
  const holders: { readonly indent: number; readonly name: string }[] = [];
  const member = /(?:^ *\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^( +)(\w+):/gm;
  for (const [, comment, { length: indent }, name] of body.matchAll(member) as Iterable<Member>) {
    while (holders.length > 0 && holders.at(-1)!.indent >= indent) holders.pop();
    holders.push({ indent, name });
    if (comment !== undefined) found.set(holders.map((holder) => holder.name).join('.'), parsed(comment));
  }
  return found;
}

function parsed(comment: string): SettingComment {
  const words = comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim();
  const [text, byDefault] = words.split(/\s*@default -\s*/) as [string, string?];
  return { text, byDefault };
}
