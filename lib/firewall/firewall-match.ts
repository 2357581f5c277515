import { label, labelNamespace } from './label.ts';
import type { FirewallMatch as Match } from './match.ts';
import { and, not, or } from './match-logic.ts';
import { disguisedPath, path } from './match-path.ts';
import { asns, countries, ipSet, networks } from './match-source.ts';
import { crossSiteScripting, regex, size, sqlInjection, text } from './match-text.ts';

/** A condition on a request; the functions of the same name make them. */
export type FirewallMatch = Match;

/** Makes conditions on requests, for rules and for the scope of rate rules and managed groups. */
export const FirewallMatch = {
  and,
  or,
  not,
  networks,
  ipSet,
  countries,
  asns,
  text,
  regex,
  path,
  disguisedPath,
  size,
  sqlInjection,
  crossSiteScripting,
  label,
  labelNamespace,
};
