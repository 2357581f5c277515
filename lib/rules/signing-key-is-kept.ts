import type { Rule } from './rule.ts';
import { signingKeysOf } from './signing-keys.ts';
import { isRetained } from './template.ts';

/** The longest that KMS waits, in days, and what it waits where nothing is said. */
const longest = 30;

export const signingKeyIsKept: Rule = {
  id: 'SigningKeyIsKept',
  description: 'A signing key outlives its stack, and its deletion by hand waits 30 days.',
  fix: "Set DeletionPolicy and UpdateReplacePolicy to 'Retain', and leave PendingWindowInDays at 30.",
  check: (template) =>
    signingKeysOf(template).flatMap(({ id, resource, properties }) => [
      ...(isRetained(resource) ? [] : [{ id, location: 'DeletionPolicy' }]),
      ...((properties.PendingWindowInDays ?? longest) === longest
        ? []
        : [{ id, location: 'Properties.PendingWindowInDays' }]),
    ]),
};
