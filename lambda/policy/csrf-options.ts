/** Defences against forged requests beside the origin check, which is always on. */
export interface CsrfOptions {
  /**
   * Ask for a token, too, with every state change that comes with a session cookie (OWASP CSRF Prevention Cheat Sheet, "Signed
   * double-submit cookie"). Answers that create or read a session carry it in the header `X-CSRF-Token`; the client sends it back in a
   * header of that name. It needs no request to a table. Not needed where browsers send `Origin`, which all of today's do. @default false
   */
  readonly doubleSubmit?: boolean;
}
