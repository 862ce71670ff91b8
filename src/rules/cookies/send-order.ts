// RFC 6265bis 5.8.3 step 2: the order in which cookies are sent.

/** A cookie and its place in the order in which cookies came; the one that replaces another takes over its place. */
export interface Placed {
  readonly cookie: { readonly path: string };
  readonly place: number;
}

/** Longer paths first, and among equals the one that came first. */
export function sendOrder(a: Placed, b: Placed): number {
  return b.cookie.path.length - a.cookie.path.length || a.place - b.place;
}
