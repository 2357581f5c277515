/** Dollars in us-east-1, as docs/costs.md lists them. Elsewhere AWS charges some more or less. */
export const unitPrices = {
  apiRequest: 3.5e-6,
  wafRequest: 0.6e-6,
  invocation: 0.2e-6,
  gigabyteSecond: 0.0000133334,
  readUnit: 0.125e-6,
  writeUnit: 0.625e-6,
  signature: 0.15e-4,
  logGigabyte: 0.5,
} as const;
