import { contains, parseAddress, parseNetwork } from '../../../contract/networks.ts';
import { header, queryArguments, type WafRequest } from './request.ts';
import { transform } from './transform.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is plain JSON, whose shape this interpreter dispatches on
export type Statement = Record<string, any>;

export interface Circumstances {
  readonly request: WafRequest;
  /** Given by the rules before. */
  readonly labels: ReadonlySet<string>;
  /** The addresses of an IP set, by what its ARN is in the template. */
  readonly ipSet: (arn: unknown) => readonly string[];
}

/** Bytes of a body that AWS WAF gets from API Gateway. */
const inspectedBytes = 16 * 1024;

const ip = (request: WafRequest) => request.ip ?? '203.0.113.7';

/** Whether a statement matches. Throws for kinds and parts that our own rules do not use: they would be skipped in silence. */
export function matches(statement: Statement, circumstances: Circumstances): boolean {
  const [[kind, properties]] = Object.entries(statement) as [[string, Statement]];
  const evaluate = statements[kind];
  if (!evaluate) throw new Error(`the evaluator does not know ${kind}`);
  return evaluate(properties, circumstances);
}

const statements: Record<string, (properties: Statement, circumstances: Circumstances) => boolean> = {
  AndStatement: ({ Statements }, all) => Statements.every((one: Statement) => matches(one, all)),
  OrStatement: ({ Statements }, all) => Statements.some((one: Statement) => matches(one, all)),
  NotStatement: ({ Statement: inner }, all) => !matches(inner, all),
  LabelMatchStatement: ({ Scope, Key }, { labels }) =>
    [...labels].some((label) => (Scope === 'LABEL' ? label === Key : label.startsWith(Key))),
  GeoMatchStatement: ({ CountryCodes }, { request }) => CountryCodes.includes(request.country),
  AsnMatchStatement: ({ AsnList }, { request }) => AsnList.includes(request.asn ?? 0),
  IPSetReferenceStatement: ({ Arn }, { request, ipSet }) => {
    const address = parseAddress(ip(request))!;
    return ipSet(Arn).some((network) => contains(parseNetwork(network)!, address));
  },
  ByteMatchStatement: (properties, { request }) => {
    const { PositionalConstraint, SearchString } = properties;
    const compare = positions[PositionalConstraint];
    if (!compare) throw new Error(`the evaluator does not know ${PositionalConstraint}`);
    return values(properties, request).some((value) => compare(value, SearchString));
  },
  RegexMatchStatement: (properties, { request }) =>
    values(properties, request).some((value) => new RegExp(properties.RegexString).test(value)),
  SizeConstraintStatement: (properties, { request }) => {
    const { FieldToMatch, ComparisonOperator, Size } = properties;
    if (FieldToMatch.Body && Buffer.byteLength(request.body ?? '') > inspectedBytes) {
      return FieldToMatch.Body.OversizeHandling === 'MATCH';
    }
    if (ComparisonOperator !== 'GT') throw new Error(`the evaluator does not know ${ComparisonOperator}`);
    return values(properties, request).some((value) => Buffer.byteLength(value) > Size);
  },
};

const positions: Record<string, (value: string, text: string) => boolean> = {
  EXACTLY: (value, text) => value === text,
  STARTS_WITH: (value, text) => value.startsWith(text),
  ENDS_WITH: (value, text) => value.endsWith(text),
  CONTAINS: (value, text) => value.includes(text),
};

/** The values of a part, transformed; none when the request lacks the part, which is no match. */
function values({ FieldToMatch, TextTransformations }: Statement, request: WafRequest): string[] {
  const [[part, options]] = Object.entries(FieldToMatch) as [[string, { Name?: string }]];
  const read = parts[part];
  if (!read) throw new Error(`the evaluator does not know ${part}`);
  const inOrder = [...TextTransformations].sort((a, b) => a.Priority - b.Priority);
  return read(request, options.Name ?? '').map((value) =>
    inOrder.reduce((text, { Type }) => {
      const apply = transform[Type];
      if (!apply) throw new Error(`the evaluator does not know ${Type}`);
      return apply(text);
    }, value),
  );
}

const present = (value: string | undefined): string[] => (value === undefined ? [] : [value]);

const parts: Record<string, (request: WafRequest, name: string) => string[]> = {
  UriPath: ({ path }) => [path],
  QueryString: ({ query }) => present(query),
  AllQueryArguments: queryArguments,
  SingleHeader: (request, name) => present(header(request, name)),
  Body: ({ body }) => present(body),
  Method: ({ method = 'GET' }) => [method],
};
