const BLOCK = 16;
const made = new Map<string, Buffer>();
let held = 0;

/** A body of which every 16 bytes say whose they are and which: `owner...00000a1\n`. */
export function bodyOf(owner: string, size: number): Buffer {
  const key = `${owner} ${size}`;
  let body = made.get(key);
  if (body !== undefined) return body;
  const head = owner.padEnd(8, '.').slice(0, 8);
  let text = '';
  for (let block = 0; block * BLOCK < size; block++) text += `${head}${block.toString(36).padStart(7, '0')}\n`;
  body = Buffer.from(text, 'latin1').subarray(0, size);
  if (held > 4_000_000) {
    made.clear();
    held = 0;
  }
  made.set(key, body);
  held += size;
  return body;
}

/** Where two bodies begin to differ, with what is there; '' = they do not, as far as `got` goes. */
export function differenceOf(got: Buffer, wanted: Buffer): string {
  const size = Math.min(got.length, wanted.length);
  if (got.subarray(0, size).equals(wanted.subarray(0, size)) && got.length <= wanted.length) return '';
  let at = 0;
  while (at < size && got[at] === wanted[at]) at++;
  const from = at - (at % BLOCK);
  const part = (body: Buffer) => JSON.stringify(body.toString('latin1', from, from + 2 * BLOCK));
  return `from byte ${at} of ${wanted.length} (${got.length} came) it has ${part(got)} and not ${part(wanted)}`;
}
