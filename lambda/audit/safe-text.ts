/** Longer ones are cut. Nothing that the functions say of themselves is as long. */
const maxChars = 512;

/**
 * A replacer for `JSON.stringify`: cuts long texts, and puts U+FFFD in the place of what could forge or reorder a line where it is
 * shown: control and format characters (bidirectional ones among them), line separators and halves of surrogate pairs.
 */
export const safeText = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.slice(0, maxChars).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD') : value;
