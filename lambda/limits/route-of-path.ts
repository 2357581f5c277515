/**
 * Maps a path to the route that serves it, `/reset-password/:token` for one, so that a client cannot give itself a fresh limit
 * with each path that it invents. Paths without a route share one name.
 */
export function routeOfPath(routes: readonly string[]): (path: string) => string {
  const fixed = new Set(routes.filter((route) => !route.includes(':')));
  const patterns = routes
    .filter((route) => route.includes(':'))
    .map((route) => [route, new RegExp(`^${route.replace(/:[^/]+/g, '[^/]+')}$`)] as const);
  return (path) => {
    if (fixed.has(path)) return path;
    return patterns.find(([, pattern]) => pattern.test(path))?.[0] ?? 'unrouted';
  };
}
