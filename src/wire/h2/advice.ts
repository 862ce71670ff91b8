/** What an ALTSVC frame says: for whom, '' = for the origin of its stream, and what an Alt-Svc field would. */
export interface Advice {
  readonly origin: string;
  readonly text: string;
}

/** Reads an ALTSVC frame (RFC 7838 4). Null for one that is to be ignored. */
export function readAdvice(stream: number, b: Buffer, from: number, to: number): Advice | null {
  if (to - from < 2) return null;
  const start = from + 2;
  const middle = start + b.readUInt16BE(from);
  // on the connection it has to say for whom, and on a stream it must not
  if (middle > to || (stream === 0) === (middle === start)) return null;
  return { origin: b.toString('latin1', start, middle), text: b.toString('latin1', middle, to) };
}
