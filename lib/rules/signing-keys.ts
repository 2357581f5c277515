import { type Found, resourcesOf, type Template } from './template.ts';

/** KMS keys for signatures. */
export const signingKeysOf = (template: Template): Found[] =>
  resourcesOf(template, 'AWS::KMS::Key').filter(({ properties }) => properties.KeyUsage === 'SIGN_VERIFY');
