import * as z from 'zod';
import { type Pepper, type PepperRing, unavailable } from './pepper.ts';

const minLength = 32;
const schema = z
  .record(z.string().regex(/^[1-9]\d{0,5}$/), z.string().min(minLength))
  .refine((peppers) => Object.keys(peppers).length > 0);

/** Milliseconds in which an unknown id does not make a container read the secret again. */
const cooldown = 60_000;

export interface SecretPeppers {
  /** The secret's text: JSON of keys by id, `{"1":"…","2":"…"}`. The highest id is the current one. */
  readonly read: () => Promise<string>;
  readonly now: () => Date;
}

/** Reads the secret once per container, and again when a hash names a pepper that was added since. */
export function pepperRing({ read, now }: SecretPeppers): PepperRing {
  let known: Promise<ReadonlyMap<string, Pepper>> | undefined;
  let readAgainAt = 0;

  async function peppers(): Promise<ReadonlyMap<string, Pepper>> {
    known ??= read().then(parse);
    try {
      return await known;
    } catch (cause) {
      known = undefined;
      return unavailable('the pepper cannot be read', cause);
    }
  }

  async function readAgain(): Promise<ReadonlyMap<string, Pepper>> {
    const time = now().getTime();
    if (time < readAgainAt) return peppers();
    readAgainAt = time + cooldown;
    const former = known;
    known = read().then(parse);
    return peppers().finally(() => {
      known ??= former;
    });
  }

  return {
    async current() {
      return [...(await peppers()).values()].at(-1);
    },
    async byId(id) {
      const pepper = (await peppers()).get(id) ?? (await readAgain()).get(id);
      return pepper ?? unavailable(`pepper '${id}' went into a hash, but is not in the secret`);
    },
  };
}

/** In the order of their ids. */
function parse(text: string): ReadonlyMap<string, Pepper> {
  const keys = schema.parse(JSON.parse(text));
  const ids = Object.keys(keys).sort((a, b) => Number(a) - Number(b));
  return new Map(ids.map((id) => [id, { id, key: keys[id]! }]));
}
