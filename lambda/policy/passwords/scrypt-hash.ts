import { costProblem, type ScryptCost } from '../../../contract/scrypt-cost.ts';

/** A stored hash: what it takes to compute it again, and the result. */
export interface ScryptHash {
  readonly cost: ScryptCost;
  /** Which pepper went in; none when absent. */
  readonly pepperId?: string | undefined;
  /** As scrypt takes it. */
  readonly salt: Buffer;
  readonly key: Buffer;
}

const phc =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})(?:,keyid=([1-9]\d{0,5}))?\$([A-Za-z\d+/]{22})\$([A-Za-z\d+/]{43})$/;

/** Better Auth's own: the salt goes in as the text that it is written in. */
const betterAuth = /^([\da-f]{32}):([\da-f]{128})$/;
const betterAuthCost: ScryptCost = { N: 2 ** 14, r: 16, p: 1 };

/** Undefined for any other format, and for costs that nobody could have set. */
export function parseHash(text: string): ScryptHash | undefined {
  const own = phc.exec(text);
  if (own) {
    const cost = { N: 2 ** Number(own[1]), r: Number(own[2]), p: Number(own[3]) };
    if (costProblem(cost)) return undefined;
    return { cost, pepperId: own[4], salt: Buffer.from(own[5]!, 'base64'), key: Buffer.from(own[6]!, 'base64') };
  }
  const other = betterAuth.exec(text);
  return other ? { cost: betterAuthCost, salt: Buffer.from(other[1]!), key: Buffer.from(other[2]!, 'hex') } : undefined;
}

/** A PHC string, https://github.com/P-H-C/phc-string-format: `$scrypt$ln=15,r=8,p=3,keyid=1$salt$hash`. */
export function formatHash({ cost, pepperId, salt, key }: ScryptHash): string {
  const parameters = [
    `ln=${Math.log2(cost.N)}`,
    `r=${cost.r}`,
    `p=${cost.p}`,
    ...(pepperId ? [`keyid=${pepperId}`] : []),
  ];
  return ['', 'scrypt', parameters.join(','), base64(salt), base64(key)].join('$');
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
