interface Endpoint {
  readonly path?: string;
  readonly options?: { readonly body?: { readonly shape?: object } };
}

/**
 * The fields of the body that the endpoints of a route declare; none where a schema does not tell.
 * @param api Better Auth's endpoints, those of plugins included
 */
export function declaredFields(api: object): (route: string) => readonly string[] {
  const endpoints = Object.values(api) as Endpoint[];
  return (route) =>
    endpoints.filter(({ path }) => path === route).flatMap(({ options }) => Object.keys(options?.body?.shape ?? {}));
}
