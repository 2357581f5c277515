import { logger } from '../audit/audit-log.ts';
import { requestContext } from '../gateway/request-context.ts';
import { type SecretRing, sameRing, secretRing } from '../secrets/secret-ring.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import { type SignedAnew, signAnew } from '../secrets/sign-anew.ts';
import type { Auth } from './auth.ts';

export interface AuthSourceInput {
  readonly source: SecretSource;
  /** Seconds for which what a previous secret signed is accepted. */
  readonly acceptPrevious: number;
  readonly now: () => Date;
  readonly create: (secrets: SecretRing) => Promise<Auth>;
}

interface Current {
  readonly auth: Auth;
  readonly secrets: SecretRing;
}

/** Better Auth with the secrets that are in force: made once, and anew when another version signs or counts. */
export class AuthSource {
  readonly #input: AuthSourceInput;
  #current: Current | undefined;
  #creating: Promise<Current> | undefined;

  constructor(input: AuthSourceInput) {
    this.#input = input;
  }

  /** @throws what reading the secret throws, or `create`, as long as there is none */
  async get(): Promise<Current> {
    const { source, acceptPrevious, now } = this.#input;
    const secrets = secretRing(await source.versions(), now(), acceptPrevious);
    if (this.#current && sameRing(this.#current.secrets, secrets)) return this.#current;
    this.#creating ??= this.#create(secrets).finally(() => {
      this.#creating = undefined;
    });
    return this.#creating;
  }

  /** Answers a request whose signatures may be another version's. */
  async handle(request: Request): Promise<Response> {
    const { source } = this.#input;
    const context = requestContext();
    await source.refreshOld((read) => context?.pending.push(read));
    let current = await this.get();
    let signed = await signedAnew(request, current);
    if (signed.unknown && (await source.refreshUnknown())) {
      current = await this.get();
      signed = await signedAnew(request, current);
    }
    if (context) {
      context.sessionToken = signed.sessionToken;
      context.renewedCookies = signed.renewed;
    }
    return current.auth.handler(signed.request);
  }

  async #create(secrets: SecretRing): Promise<Current> {
    try {
      this.#current = { auth: await this.#input.create(secrets), secrets };
    } catch (error) {
      // The former one still does what it did.
      if (!this.#current) throw error;
      logger.error('the new secret cannot be used', { errorName: error instanceof Error ? error.name : '' });
    }
    return this.#current;
  }
}

async function signedAnew(request: Request, { auth, secrets }: Current): Promise<SignedAnew> {
  const { authCookies } = await auth.$context;
  return signAnew(request, secrets, authCookies.sessionToken.name);
}
