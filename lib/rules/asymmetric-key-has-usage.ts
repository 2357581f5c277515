import type { Rule } from './rule.ts';
import { resourcesOf } from './template.ts';

export const asymmetricKeyHasUsage: Rule = {
  id: 'AsymmetricKeyHasUsage',
  description:
    'A KMS key of an elliptic curve says that it signs; without a usage it is one that encrypts, which KMS refuses.',
  fix: "Set KeyUsage to 'SIGN_VERIFY' or 'KEY_AGREEMENT'.",
  check: (template) =>
    resourcesOf(template, 'AWS::KMS::Key')
      .filter(({ properties }) => /^(ECC|ML_DSA)_/.test(properties.KeySpec ?? '') && !properties.KeyUsage)
      .map(({ id }) => ({ id, location: 'Properties.KeyUsage' })),
};
