// The words of the Fetch standard that an init may say.

const WORDS = {
  mode: ['cors', 'no-cors', 'same-origin'],
  credentials: ['omit', 'same-origin', 'include'],
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  redirect: ['follow', 'error', 'manual'],
  priority: ['auto', 'high', 'low'],
  duplex: ['half'],
  referrerPolicy: [
    ...['', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin'],
    ...['origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
  ],
} as const;

type Words = typeof WORDS;

/** What an init says under a name; `standard` where it says nothing. Throws a TypeError for a word that is none. */
export function word<K extends keyof Words>(
  init: Readonly<Record<string, unknown>>,
  name: K,
  standard: Words[K][number],
): Words[K][number] {
  const value = init[name];
  if (value === undefined) return standard;
  const text = String(value);
  if ((WORDS[name] as readonly string[]).includes(text)) return text as Words[K][number];
  const list = WORDS[name].filter((one) => one !== '').join(', ');
  throw new TypeError(`fetch: ${name} is one of ${list}; got ${JSON.stringify(text)}.`);
}

const NORMAL = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** Fetch, "normalize a method": six of them are known in lower case, too. */
export function normalMethod(method: string): string {
  if (NORMAL.has(method)) return method;
  const upper = method.toUpperCase();
  return NORMAL.has(upper) ? upper : method;
}

/** Fetch, "forbidden method". */
export function isForbiddenMethod(method: string): boolean {
  return /^(?:CONNECT|TRACE|TRACK)$/i.test(method);
}

/** Fetch, "null body status". */
export function hasNoBody(status: number): boolean {
  return status === 101 || status === 103 || status === 204 || status === 205 || status === 304;
}

/** Fetch, "redirect status". */
export function isRedirectStatus(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
