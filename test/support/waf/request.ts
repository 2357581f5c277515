/** A request as AWS WAF sees it. */
export interface WafRequest {
  readonly method?: string;
  /** As the client wrote it. */
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly ip?: string;
  readonly country?: string;
  readonly asn?: number;
  /** Absent where AWS WAF does not know it, as behind API Gateway. */
  readonly ja4?: string;
}

export const header = ({ headers = {} }: WafRequest, name: string): string | undefined =>
  Object.entries(headers).find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];

/** Decoded, as AWS WAF gives single arguments. */
export const queryArguments = ({ query = '' }: WafRequest): string[] => [...new URLSearchParams(query).values()];
