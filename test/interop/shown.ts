/** What happened on each connection, one text each, sorted: a log has a line when a request is over, and some take longer. */
export function byConnection<L extends { readonly connection: number }>(
  lines: readonly L[],
  said: (line: L) => string,
): string[] {
  const connections = new Map<number, string[]>();
  for (const line of lines) connections.set(line.connection, [...(connections.get(line.connection) ?? []), said(line)]);
  return [...connections.values()].map((words) => words.join(', ')).sort();
}

/**
 * What may be seen when the first of some requests is refused: all of it on one connection, or, with a large body that was still on
 * its way, the rest on another one.
 */
export function refusedFirst(verb: string, first: string, ...rest: readonly string[]): string[][] {
  const together = [[first, ...rest].join(', ')];
  return verb !== 'POST' ? [together] : [together, [first, rest.join(', ')].sort()];
}
