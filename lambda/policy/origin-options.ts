/** What a function of trusted origins gets to see of a request. */
export interface OriginRequest {
  /**
   * The host that the request was sent to, in lower case, with a port if there is one. Cookies belong to a host, so that a tenant's
   * pages reach sessions of that tenant only. Nothing else of the request is told, because whoever forges a request chooses it: a list that
   * widens on a User-Agent, a query or the origin itself trusts everybody.
   */
  readonly host: string;
}

/**
 * Origins of one tenant. The answer is held to the rules of the configuration, kept for a minute by host, and joins the origins that are
 * trusted on every host. What is refused is left out and logged; an error or an answer later than a second adds none.
 */
export type OriginFunction = (request: OriginRequest) => readonly string[] | Promise<readonly string[]>;
