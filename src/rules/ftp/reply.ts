/** What a server says to a command (RFC 959 4.2). */
export interface Reply {
  readonly code: number;
  /** All lines after the code, one octet a character; the last one ends the reply. */
  readonly lines: readonly string[];
}

/** Beyond these a server is not telling anything any more. */
const MOST_LINE_OCTETS = 4_096;
const MOST_REPLY_OCTETS = 65_536;

const LINE_FEED = 10;
const START = /^([1-5]\d\d)(?:([ -])(.*))?$/s;

/** Puts the replies of one control connection together, however they are cut into pieces. */
export class ReplyReader {
  private line = '';
  /** Of the reply that goes over several lines; '' = none is open. */
  private code = '';
  private lines: string[] = [];
  private octets = 0;
  /** Bytes behind the reply that is being told, of those that came with it. */
  left = 0;

  /**
   * The next bytes. Each reply that is complete is told; what is told may say `false`, then the rest is not read. Returns what is wrong
   * with them, '' = nothing; after a fault the reader is of no use.
   */
  take(bytes: Buffer, size: number, told: (reply: Reply) => boolean): string {
    for (let from = 0; from < size; ) {
      const at = bytes.indexOf(LINE_FEED, from);
      const end = at < 0 || at >= size ? size : at;
      if (this.line.length + end - from > MOST_LINE_OCTETS) return `a line of more than ${MOST_LINE_OCTETS} octets`;
      this.line += bytes.toString('latin1', from, end);
      if (end === size) return '';
      from = end + 1;
      this.left = size - from;
      const line = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line;
      this.line = '';
      const reply = this.read(line);
      if (typeof reply === 'string') return reply;
      if (reply !== null && !told(reply)) return '';
    }
    return '';
  }

  /** A whole line: a reply, nothing yet, or what is wrong with it. */
  private read(line: string): Reply | string | null {
    if (/[\0\r]/.test(line)) return 'a line with a NUL or a lone CR in it';
    this.octets += line.length + 2;
    if (this.octets > MOST_REPLY_OCTETS) return `a reply of more than ${MOST_REPLY_OCTETS} octets`;
    const start = START.exec(line);
    if (this.code === '') {
      if (start === null) return 'a line that does not begin with a reply code';
      this.lines.push(start[3] ?? '');
      if (start[2] !== '-') return this.complete(start[1]!);
      this.code = start[1]!;
      return null;
    }
    // within a reply only its own code, not followed by a hyphen, is the end
    const last = start !== null && start[1] === this.code && start[2] !== '-';
    this.lines.push(last ? (start[3] ?? '') : line);
    return last ? this.complete(this.code) : null;
  }

  private complete(code: string): Reply {
    const reply = { code: Number(code), lines: this.lines };
    this.code = '';
    this.lines = [];
    this.octets = 0;
    return reply;
  }
}

const SHOWN = 200;

/** What a reply says, for people: without control characters, and no longer than a sentence. */
export function replyText({ code, lines }: Reply): string {
  const text = Buffer.from(lines.at(-1)!.slice(0, SHOWN), 'latin1').toString('utf8');
  return `${code} ${text.replace(/\p{C}+/gu, ' ')}`.trim();
}
