/** How often a monthly user goes through each flow: an example, to be replaced by your own figures. */
export const timesPerUser: Readonly<Record<string, number>> = {
  'get-session': 30,
  token: 20,
  'sign-in': 2,
  'sign-out': 1,
  'sign-up': 0.1,
  'verify-email': 0.1,
  'request-password-reset': 0.05,
  'reset-password': 0.05,
};

/** Requests that hash a password; the others wait for DynamoDB and KMS. */
const hashing: ReadonlySet<string> = new Set(['sign-in', 'sign-up', 'reset-password']);

/** Billed time of a request in ms, cold starts included: an assumption on the high side, since only AWS can measure it. */
export const assumedMilliseconds = (flow: string): number => (hashing.has(flow) ? 400 : 100);

/** Users a month that the page compares. */
export const audiences = [10_000, 100_000, 1_000_000];
