/** The path of a base URL and one below it, joined by exactly one slash. An empty path is the base itself. */
export function joinedPath(base: string, path: string): string {
  if (path === '') return base;
  const slashes = Number(base.endsWith('/')) + Number(path.startsWith('/'));
  if (slashes === 1) return base + path;
  return slashes === 0 ? `${base}/${path}` : base + path.slice(1);
}

/**
 * All that is said in the query of a request, in this order; `base`, the query of the base URL, counts only when nothing else is
 * said.
 */
export function joinedQuery(base: string | null, ...given: readonly (string | null)[]): string | null {
  const said = given.filter((query) => query !== null && query !== '');
  return said.length === 0 ? base : said.join('&');
}
