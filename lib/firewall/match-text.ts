import { Token } from 'aws-cdk-lib';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { type FirewallMatch, plainMatch } from './match.ts';
import type { RequestPart } from './request-part.ts';
import { requireInteger, requireOneOf, requirePattern } from './require.ts';
import { type Transformation, textTransformations, transformationCapacity } from './transformation.ts';

/** Base capacities. Source: AWS WAF, "Using match rule statements". */
const baseCapacity = {
  exactly: 2,
  startsWith: 2,
  endsWith: 2,
  contains: 10,
  containsWord: 10,
  regex: 3,
  size: 1,
  sqlInjection: { LOW: 20, HIGH: 30 },
  crossSiteScripting: 40,
} as const;

const positions = {
  exactly: 'EXACTLY',
  startsWith: 'STARTS_WITH',
  endsWith: 'ENDS_WITH',
  contains: 'CONTAINS',
  containsWord: 'CONTAINS_WORD',
} as const;

const comparisons = ['EQ', 'NE', 'LE', 'LT', 'GE', 'GT'] as const;

/** What AWS WAF looks at, and what it does to that before it looks. */
interface Subject {
  readonly part: RequestPart;
  /** In their order, ten at most. @default - none */
  readonly transformations?: readonly Transformation[];
}

export interface TextMatchProps extends Subject {
  /** How the text has to stand in the part. */
  readonly how: keyof typeof positions;
  /** 1 to 200 characters. `containsWord` takes letters, digits and underscores. */
  readonly text: string;
}

export interface RegexMatchProps extends Subject {
  /** 1 to 200 characters of PCRE without back references and look-arounds. */
  readonly regex: string;
}

export interface SizeMatchProps extends Subject {
  readonly comparison: (typeof comparisons)[number];
  /** In bytes. */
  readonly bytes: number;
}

export interface SqlInjectionMatchProps extends Subject {
  /** `HIGH` finds more, and more that is none. @default 'LOW' */
  readonly sensitivity?: 'LOW' | 'HIGH';
}

export interface CrossSiteScriptingMatchProps extends Subject {}

function field({ part, transformations }: Subject) {
  return { fieldToMatch: part.fieldToMatch, textTransformations: textTransformations(transformations) };
}

function match(subject: Subject, base: number, statement: CfnWebACL.StatementProperty): FirewallMatch {
  return plainMatch(statement, subject.part.capacity(base) + transformationCapacity(subject.transformations));
}

function refuseFingerprint({ part }: Subject, how: string): void {
  if (part.only && part.only !== how) {
    throw new Error(`part: a fingerprint is not allowed here; allowed is FirewallMatch.text with how '${part.only}'`);
  }
}

/** The part has a text. */
export function text(props: TextMatchProps): FirewallMatch {
  const { how, text: searchString } = props;
  requireOneOf('how', how, Object.keys(positions) as (keyof typeof positions)[]);
  refuseFingerprint(props, how);
  const [pattern, allowed] =
    how === 'containsWord'
      ? [/^\w{1,200}$/, 'are 1 to 200 letters, digits and underscores']
      : [/^[\s\S]{1,200}$/, 'are 1 to 200 characters'];
  requirePattern('text', searchString, pattern, allowed);
  const bytes = Buffer.byteLength(searchString);
  if (bytes > 200 && !Token.isUnresolved(searchString)) {
    throw new Error(`text: ${bytes} bytes are not allowed; allowed are 200`);
  }
  return match(props, baseCapacity[how], {
    byteMatchStatement: { ...field(props), positionalConstraint: positions[how], searchString },
  });
}

/** A regular expression matches somewhere in the part. */
export function regex(props: RegexMatchProps): FirewallMatch {
  refuseFingerprint(props, 'regex');
  const allowed = 'are 1 to 200 characters of PCRE without back references and look-arounds';
  requirePattern('regex', props.regex, /^(?![\s\S]*(?:\\[1-9]|\(\?(?:[=!]|<[=!])))[\s\S]{1,200}$/, allowed);
  return match(props, baseCapacity.regex, { regexMatchStatement: { ...field(props), regexString: props.regex } });
}

/** The part has so many bytes; what AWS WAF does not see of it is not counted. */
export function size(props: SizeMatchProps): FirewallMatch {
  refuseFingerprint(props, 'size');
  return match(props, baseCapacity.size, {
    sizeConstraintStatement: {
      ...field(props),
      comparisonOperator: requireOneOf('comparison', props.comparison, comparisons),
      size: requireInteger('bytes', props.bytes, 0, 21_474_836_480),
    },
  });
}

/** AWS WAF takes the part for SQL that someone injects. */
export function sqlInjection(props: SqlInjectionMatchProps): FirewallMatch {
  refuseFingerprint(props, 'sqlInjection');
  const sensitivityLevel = requireOneOf<'LOW' | 'HIGH'>('sensitivity', props.sensitivity ?? 'LOW', ['LOW', 'HIGH']);
  return match(props, baseCapacity.sqlInjection[sensitivityLevel], {
    sqliMatchStatement: { ...field(props), sensitivityLevel },
  });
}

/** AWS WAF takes the part for a script that someone injects. */
export function crossSiteScripting(props: CrossSiteScriptingMatchProps): FirewallMatch {
  refuseFingerprint(props, 'crossSiteScripting');
  return match(props, baseCapacity.crossSiteScripting, { xssMatchStatement: field(props) });
}
