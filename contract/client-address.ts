/**
 * What stands in front of the API and tells the client's address, as JSON in the function's environment. It is believed only with the
 * shared secret of the front in `originSecretHeader`; requests without it are refused.
 */
export interface ClientAddressSource {
  /** `cloudfront`: `CloudFront-Viewer-Address`. `cloudflare`: `CF-Connecting-IP`. `header`: the header named next. */
  readonly from: (typeof clientAddressSources)[number];
  /** For `header`: one that the front sets or replaces, and never passes on. */
  readonly header?: string | undefined;
  /**
   * ARN of a Secrets Manager secret: a JSON array of one to three strings of 32 characters or more. Each of them is accepted, so that
   * the front can change from one to the next; the function reads it anew every minute.
   */
  readonly originSecretArn: string;
}

export const clientAddressSources = ['cloudfront', 'cloudflare', 'header'] as const;

/** The request header in which a front proves itself to the function. */
export const originSecretHeader = 'x-gatehouse-origin-secret';

/** What is wrong with the name of the front's header; undefined when nothing is. */
export function clientAddressProblem({
  from,
  header,
}: Pick<ClientAddressSource, 'from' | 'header'>): string | undefined {
  if (from !== 'header') return header === undefined ? undefined : `header '${header}' is for from: 'header' only`;
  if (header === undefined) return "from: 'header' needs the name of the header";
  if (!/^[a-z\d-]+$/i.test(header)) return `header '${header}' is not allowed; allowed are letters, digits and '-'`;
  if (/^x-forwarded-for$/i.test(header) || /^forwarded$/i.test(header)) {
    return `header '${header}' is not allowed: clients can put addresses into it; allowed is one that the front sets alone`;
  }
  return undefined;
}
