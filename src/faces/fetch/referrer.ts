// Referrer Policy 8.3: what a request says about where it was made.

/** The value of Referer; '' for none. `referrer` is the address that was given, '' for none. */
export function refererOf(referrer: string, policy: string, url: string): string {
  if (referrer === '' || policy === 'no-referrer') return '';
  const from = new URL(referrer);
  if (from.protocol !== 'http:' && from.protocol !== 'https:') return '';
  from.username = '';
  from.password = '';
  from.hash = '';
  const to = new URL(url);
  const origin = `${from.origin}/`;
  const whole = from.href.length > 4096 ? origin : from.href;
  const near = from.origin === to.origin;
  const lessSafe = from.protocol === 'https:' && to.protocol === 'http:';
  switch (policy) {
    case 'unsafe-url':
      return whole;
    case 'origin':
      return origin;
    case 'same-origin':
      return near ? whole : '';
    case 'strict-origin':
      return lessSafe ? '' : origin;
    case 'origin-when-cross-origin':
      return near ? whole : origin;
    case 'no-referrer-when-downgrade':
      return lessSafe ? '' : whole;
    default:
      return near ? whole : lessSafe ? '' : origin;
  }
}

const POLICIES = new Set([
  ...['no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin'],
  ...['origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
]);

/** Referrer Policy 8.1: the last policy of a Referrer-Policy field that is known; '' for none. */
export function readPolicy(field: string): string {
  let policy = '';
  for (const part of field.split(',')) if (POLICIES.has(part.trim().toLowerCase())) policy = part.trim().toLowerCase();
  return policy;
}
