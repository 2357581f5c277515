/** Keys of settings whose values are nobody's to read. */
const secretName = /(secret|password|pepper|token|apikey|privatekey|credential)s?$/i;

/** A value as JSON can hold it: functions by what they are, and nothing that is secret. */
export function showable(value: unknown, name = ''): unknown {
  if (typeof value === 'function') return '[function]';
  if (typeof value === 'string' && secretName.test(name)) return '***';
  if (Array.isArray(value)) return value.map((inner) => showable(inner, name));
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return `[${value.constructor?.name ?? 'object'}]`;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, showable(inner, key)]));
}

/** The same as one line of text. */
export function showText(value: unknown): string {
  const shown = showable(value);
  if (shown === undefined || (Array.isArray(shown) && shown.length === 0)) return 'none';
  if (typeof shown === 'string') return shown;
  if (Array.isArray(shown) && shown.every((item) => typeof item === 'string')) return shown.join(', ');
  return JSON.stringify(shown);
}
