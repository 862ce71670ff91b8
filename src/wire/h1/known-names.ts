/** Field names as servers write them. Names repeat from answer to answer, so these are not made anew each time. */
const NAMES = [
  'Accept-Ranges',
  'Access-Control-Allow-Origin',
  'Age',
  'Alt-Svc',
  'Cache-Control',
  'Connection',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Length',
  'Content-Range',
  'Content-Type',
  'Date',
  'ETag',
  'Expires',
  'Keep-Alive',
  'Last-Modified',
  'Link',
  'Location',
  'Pragma',
  'Server',
  'Set-Cookie',
  'Strict-Transport-Security',
  'Transfer-Encoding',
  'Vary',
  'Via',
  'WWW-Authenticate',
  'X-Content-Type-Options',
  'X-Frame-Options',
  'X-Powered-By',
];

const SLOTS = 512;

/** Names whose length and ends fall together share a slot. */
const table: (readonly string[] | undefined)[] = new Array(SLOTS).fill(undefined);

function slot(length: number, first: number, last: number): number {
  return (length * 67 + first * 5 + last) & (SLOTS - 1);
}

for (const name of NAMES) {
  for (const spelled of new Set([name, name.toLowerCase()])) {
    const at = slot(spelled.length, spelled.charCodeAt(0), spelled.charCodeAt(spelled.length - 1));
    table[at] = [...(table[at] ?? []), spelled];
  }
}

/** The name at `start`, when it is a common one spelled as usual. */
export function knownName(b: Uint8Array, start: number, end: number): string | undefined {
  const candidates = table[slot(end - start, b[start]!, b[end - 1]!)];
  if (candidates === undefined) return undefined;
  for (let i = 0; i < candidates.length; i++) {
    const name = candidates[i]!;
    if (name.length === end - start && sameOctets(b, start, name)) return name;
  }
  return undefined;
}

function sameOctets(b: Uint8Array, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (b[start + i] !== name.charCodeAt(i)) return false;
  return true;
}
