import { asBuffer } from './qbytearray.ts';
import { QJsonParseError } from './qjsonparseerror.ts';

/** What is wrong with a JSON text, and how many bytes had been read by then. */
interface JsonFault {
  readonly error: QJsonParseError.ParseError;
  readonly offset: number;
}

/** As Qt has it: how many arrays and objects may be open at a time. */
const DEEPEST = 1024;

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const MARKS: readonly number[] = [QUOTE, COLON, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT];
const SPACES: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const LITERALS: Readonly<Record<number, string>> = { 110: 'null', 116: 'true', 102: 'false' };
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Finds the first fault of a text that `JSON.parse` refused, or that is neither object nor array. Kinds and offsets are those of
 * Qt's parser; where that is laxer than RFC 8259 (unknown escapes, control characters in strings, `1.`), the RFC counts.
 */
export function jsonFault(bytes: Uint8Array): JsonFault {
  const scan = new Scan(asBuffer(bytes));
  scan.document();
  return { error: scan.error, offset: scan.at };
}

/** Each method goes over one thing from `at`; false leaves `error` set and `at` where it was noticed. */
class Scan {
  at = 0;
  error: QJsonParseError.ParseError = QJsonParseError.NoError;
  private depth = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    if (bytes.length > 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
  }

  document(): boolean {
    const mark = this.mark();
    if (mark === OPEN_ARRAY ? !this.array() : mark === OPEN_OBJECT && !this.object()) return false;
    if (mark !== OPEN_ARRAY && mark !== OPEN_OBJECT) return this.fail(QJsonParseError.IllegalValue);
    return !this.more() || this.fail(QJsonParseError.GarbageAtEnd);
  }

  private array(): boolean {
    if (++this.depth > DEEPEST) return this.fail(QJsonParseError.DeepNesting);
    if (!this.more()) return this.fail(QJsonParseError.UnterminatedArray);
    if (this.bytes[this.at] === CLOSE_ARRAY) this.at++;
    else {
      for (;;) {
        if (!this.more()) return this.fail(QJsonParseError.UnterminatedArray);
        if (!this.value()) return false;
        const mark = this.mark();
        if (mark === CLOSE_ARRAY) break;
        if (mark === COMMA) continue;
        return this.fail(this.more() ? QJsonParseError.MissingValueSeparator : QJsonParseError.UnterminatedArray);
      }
    }
    this.depth--;
    return true;
  }

  private object(): boolean {
    if (++this.depth > DEEPEST) return this.fail(QJsonParseError.DeepNesting);
    let mark = this.mark();
    while (mark === QUOTE) {
      if (!this.string()) return false;
      if (this.mark() !== COLON) return this.fail(QJsonParseError.MissingNameSeparator);
      if (!this.more()) return this.fail(QJsonParseError.UnterminatedObject);
      if (!this.value()) return false;
      mark = this.mark();
      if (mark !== COMMA) break;
      mark = this.mark();
      if (mark === CLOSE_OBJECT) return this.fail(QJsonParseError.MissingObject);
    }
    if (mark !== CLOSE_OBJECT) return this.fail(QJsonParseError.UnterminatedObject);
    this.depth--;
    return true;
  }

  private value(): boolean {
    const first = this.bytes[this.at]!;
    const literal = LITERALS[first];
    if (literal !== undefined) return this.literal(literal);
    switch (first) {
      case QUOTE:
        this.at++;
        return this.string();
      case OPEN_ARRAY:
        this.at++;
        return this.array();
      case OPEN_OBJECT:
        this.at++;
        return this.object();
      case COMMA:
        this.at++;
        return this.fail(QJsonParseError.IllegalValue);
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        this.at++;
        return this.fail(QJsonParseError.MissingObject);
      default:
        return this.number();
    }
  }

  private literal(text: string): boolean {
    const enough = this.at + text.length < this.bytes.length;
    this.at++;
    for (let i = 1; i < text.length; i++) {
      if (!enough || this.bytes[this.at++] !== text.charCodeAt(i)) return this.fail(QJsonParseError.IllegalValue);
    }
    return true;
  }

  private number(): boolean {
    const from = this.at;
    const take = (...which: number[]): boolean => which.includes(this.bytes[this.at] ?? -1) && ++this.at > 0;
    const digits = (): void => {
      while (this.bytes[this.at]! >= 0x30 && this.bytes[this.at]! <= 0x39) this.at++;
    };
    take(0x2d);
    if (!take(0x30)) digits();
    if (take(0x2e)) digits();
    if (take(0x65, 0x45)) {
      take(0x2d, 0x2b);
      digits();
    }
    if (this.at >= this.bytes.length) return this.fail(QJsonParseError.TerminationByNumber);
    return NUMBER.test(this.bytes.toString('latin1', from, this.at)) || this.fail(QJsonParseError.IllegalNumber);
  }

  private string(): boolean {
    const { bytes } = this;
    while (this.at < bytes.length && bytes[this.at] !== QUOTE) {
      if (bytes[this.at] === BACKSLASH) {
        if (this.at + 1 === bytes.length) break;
        if (!this.escape()) return this.fail(QJsonParseError.IllegalEscapeSequence);
        continue;
      }
      if (bytes[this.at]! < 0x20) return this.fail(QJsonParseError.IllegalValue);
      const length = utf8Length(bytes, this.at);
      if (length === 0) return this.fail(QJsonParseError.IllegalUTF8String);
      this.at += length;
    }
    // A string cannot be the last thing: its array or object has still to be closed.
    this.at++;
    return this.at < bytes.length || this.fail(QJsonParseError.UnterminatedString);
  }

  private escape(): boolean {
    const letter = String.fromCharCode(this.bytes[this.at + 1]!);
    this.at += 2;
    if (letter !== 'u') return '"\\/bfnrt'.includes(letter);
    if (this.at + 4 > this.bytes.length) return false;
    for (const end = this.at + 4; this.at < end; this.at++) {
      if (!/[0-9a-fA-F]/.test(String.fromCharCode(this.bytes[this.at]!))) return false;
    }
    return true;
  }

  /** Passes over white space; true when something follows. */
  private more(): boolean {
    while (SPACES.includes(this.bytes[this.at] ?? -1)) this.at++;
    return this.at < this.bytes.length;
  }

  /** The next character if it is one of JSON's marks, else 0; it is read in either case. */
  private mark(): number {
    if (!this.more()) return 0;
    const next = this.bytes[this.at++]!;
    return MARKS.includes(next) ? next : 0;
  }

  private fail(error: QJsonParseError.ParseError): false {
    this.error = error;
    return false;
  }
}

/** Bytes of the character at `at` (RFC 3629 section 4), 0 when it is none. */
function utf8Length(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  for (let i = 1; i < length; i++) if ((bytes[at + i] ?? 0) >> 6 !== 2) return 0;
  const second = bytes[at + 1] ?? 0;
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return 0;
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
  return length;
}
