/**
 * The URL, or undefined when it is none. In place of `URL.canParse`, which in Node 20, once it is compiled, refuses characters from U+0080
 * to U+00FF.
 */
export function parseUrl(value: string, base?: string): URL | undefined {
  try {
    return new URL(value, base);
  } catch {
    return undefined;
  }
}
