/** What a `Content-Type` says the body is, without its parameters (RFC 9110 section 8.3.1). Empty where there is none. */
export const mediaTypeOf = (contentType: string | null): string =>
  (contentType ?? '').split(';')[0]!.trim().toLowerCase();

export const formMediaType = 'application/x-www-form-urlencoded';
