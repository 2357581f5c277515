/** The tables of Better Auth's memory adapter, empty. */
export const emptyMemory = (): Record<string, object[]> => ({
  user: [],
  session: [],
  account: [],
  verification: [],
  twoFactor: [],
  jwks: [],
});
