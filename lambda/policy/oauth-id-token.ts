import type { BetterAuthPlugin } from 'better-auth';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';

/** A JWT, as it was stored before; what is encrypted has no dots. */
const plain = /^[\w-]+\.[\w-]+\./;

/**
 * Encrypts the id tokens of providers in the store, which Better Auth leaves in clear where it encrypts access and refresh tokens.
 * They carry what the provider knows of a person.
 */
export function oauthIdTokenPlugin(): BetterAuthPlugin {
  let key: Parameters<typeof symmetricEncrypt>[0]['key'] | undefined;
  return {
    id: 'gatehouse-oauth-id-token',
    init: ({ secretConfig }) => {
      key = secretConfig;
    },
    schema: {
      account: {
        fields: {
          idToken: {
            type: 'string',
            required: false,
            returned: false,
            transform: {
              input: async (token) =>
                typeof token === 'string' ? symmetricEncrypt({ key: key!, data: token }) : token,
              // One that was encrypted with a secret that is gone is none: it must not keep its user out.
              output: async (data) =>
                typeof data === 'string' && !plain.test(data)
                  ? symmetricDecrypt({ key: key!, data }).catch(() => null)
                  : data,
            },
          },
        },
      },
    },
  };
}
