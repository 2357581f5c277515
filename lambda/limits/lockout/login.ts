/** Ways to name an account at sign-in: the fields of the request and of the user, by path. */
const fieldsByPath = {
  '/sign-in/email': 'email',
  '/sign-in/username': 'username',
  '/sign-in/phone-number': 'phoneNumber',
} as const;
type LoginField = (typeof fieldsByPath)[keyof typeof fieldsByPath];

/** Whether a password is looked at to sign in. */
export const isPasswordSignIn = (path: string | undefined): path is keyof typeof fieldsByPath =>
  path !== undefined && Object.hasOwn(fieldsByPath, path);

/** An account as a sign-in names it; it need not exist. */
export interface LoginName {
  readonly field: LoginField;
  /** In the form in which it is looked up. */
  readonly value: string;
}

/** What counters of an account go by. Each way to name it has its own. */
export const loginOf = ({ field, value }: LoginName): string => `${field}:${value}`;

/** Whom a request to sign in with a password means; undefined if it names nobody. What else it holds is not looked at. */
export function namedLogin(
  path: keyof typeof fieldsByPath,
  body: Readonly<Record<string, unknown>> | undefined,
  normalizeUsername: (username: string) => string,
): LoginName | undefined {
  const field = fieldsByPath[path];
  const value = body?.[field];
  if (typeof value !== 'string') return undefined;
  // As Better Auth looks it up: other spellings of one address must not have counters of their own.
  if (field === 'email') return { field, value: value.toLowerCase() };
  return { field, value: field === 'username' ? normalizeUsername(value) : value };
}

/** Every way in which a user can be named. */
export const loginsOf = (user: object): string[] =>
  Object.values(fieldsByPath).flatMap((field) => {
    const value = (user as Readonly<Record<string, unknown>>)[field];
    return typeof value === 'string' ? [loginOf({ field, value })] : [];
  });
