import type { SigningAlgorithm } from '../../contract/signing.ts';

export type AudienceAlgorithms = Readonly<Record<string, SigningAlgorithm>>;

/** Whom tokens may be for, and how each is signed. */
export interface TokenAudiences {
  /** The `aud` of a token for which no other was asked. */
  readonly default: string;
  readonly all: readonly string[];
  /** Undefined: the default key's. Of several audiences the first with an algorithm of its own decides. */
  algorithmFor(audience: string | readonly string[] | undefined): SigningAlgorithm | undefined;
}

/** @param algorithms audiences beside the default one, or also the default one, each with the algorithm that it verifies. */
export function createTokenAudiences(defaultAudience: string, algorithms: AudienceAlgorithms): TokenAudiences {
  const settings = new Map(Object.entries(algorithms));
  return {
    default: defaultAudience,
    all: [...new Set([defaultAudience, ...settings.keys()])],
    algorithmFor(audience = []) {
      const own = [audience].flat().find((candidate) => settings.has(candidate));
      return own === undefined ? undefined : settings.get(own);
    },
  };
}
