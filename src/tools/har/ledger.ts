import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { SeenHop } from '../../contract/tap.ts';
import { Bodies, NONE } from './bodies.ts';
import type { Draft } from './draft.ts';
import { Shelf } from './shelf.ts';

/** Rows of one page. */
const PAGE = 256;

// Columns. Times are microseconds since the request was made, -1 = did not happen.
/** When the request was made, on the clock of the engine. */
const MADE = 0;
const QUEUED = 1;
const LENT = 2;
const RESOLVE = 3;
const CONNECT = 4;
const PROXY = 5;
const TLS = 6;
const CONNECTED = 7;
const SENT = 8;
const HEAD = 9;
const ENDED = 10;
/** 1 = codings are undone. */
const DECODES = 11;
/** 1 = the answer came out of what is stored. */
const STORED = 12;
/** 1 = it is over, and worth telling. */
const TOLD = 13;
const CONNECTION = 14;
const STATUS = 15;
// Numbers of words.
const METHOD = 16;
const VERSION = 17;
const REASON = 18;
// Texts and bodies: a place on the shelf, and the size beside it.
const URL = 19;
const REQUEST = 21;
/** The fields of the answer. */
const FIELDS = 23;
/** The body that was sent. */
const OUT = 25;
/** The body that came. */
const IN = 27;
const COLUMNS = 29;

/** Between names and values; in neither of them. */
const SEPARATOR = '\0';

/**
 * What is written down of trips: a row of numbers for each, and texts and bytes on a shelf. No trip is an object before somebody reads it: a
 * recording is long, and the collector of garbage would carry each one around.
 */
export class Ledger {
  private readonly pages: Float64Array[] = [];
  private readonly shelf = new Shelf();
  private readonly bodies: Bodies;
  /** Methods, versions, reasons: few, and the same again and again. */
  private readonly words: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly addresses = new Map<number, string>();
  private readonly problems = new Map<number, Failure>();
  /** Rows that were begun, and those of them that may be begun anew. */
  private rows = 0;
  private readonly spare: number[] = [];
  // The row that everything is about, see `turn`.
  private row = -1;
  private page: Float64Array = new Float64Array(0);
  private base = 0;

  /** Bytes of one body, and of memory for texts and bodies together; texts are kept also beyond it. */
  constructor(bodyLimit: number, mostBytes: number) {
    this.bodies = new Bodies(this.shelf, bodyLimit, mostBytes);
  }

  /** From now on everything is about this row. */
  turn(row: number): void {
    this.row = row;
    this.page = this.pages[Math.floor(row / PAGE)]!;
    this.base = (row % PAGE) * COLUMNS;
  }

  /** Begins a row, and turns to it. */
  begin(hop: SeenHop): number {
    const row = this.spare.pop() ?? this.rows++;
    if (row === this.pages.length * PAGE) this.pages.push(new Float64Array(PAGE * COLUMNS));
    this.turn(row);
    const { page, base } = this;
    page[base + MADE] = hop.began;
    page[base + QUEUED] = hop.queuedAt;
    page[base + LENT] = -1;
    page[base + DECODES] = hop.ask.wishes.decode ? 1 : 0;
    page[base + CONNECTION] = 0;
    page[base + STATUS] = 0;
    page[base + METHOD] = this.word(hop.method);
    this.write(URL, hop.url.hrefWithoutUserInfo);
    page[base + REQUEST + 1] = 0;
    page[base + FIELDS + 1] = 0;
    page[base + OUT] = NONE;
    page[base + IN] = NONE;
    return row;
  }

  lent(hop: SeenHop, address: string): void {
    const { page, base, addresses } = this;
    const { connection } = hop;
    page[base + LENT] = hop.now();
    page[base + CONNECTION] = connection;
    if (addresses.get(connection) !== address) addresses.set(connection, address);
  }

  request(text: string): void {
    this.write(REQUEST, text);
  }

  answer({ status, version, reason, headers }: Head): void {
    const { page, base } = this;
    page[base + STATUS] = status;
    page[base + VERSION] = this.word(version);
    page[base + REASON] = this.word(reason);
    this.write(FIELDS, headers.flat.join(SEPARATOR));
  }

  /** A piece of the body that is sent. */
  sent(bytes: Uint8Array): void {
    this.bodies.add(this.row * COLUMNS + OUT, this.page, this.base + OUT, bytes, 0, bytes.length);
  }

  /** A piece of the body that comes. */
  received(bytes: Uint8Array, start: number, end: number): void {
    this.bodies.add(this.row * COLUMNS + IN, this.page, this.base + IN, bytes, start, end);
  }

  /** Takes down what the hop knows by now. */
  close(hop: SeenHop): void {
    const { page, base } = this;
    const { endedAt } = hop;
    page[base + RESOLVE] = hop.resolveAt;
    page[base + CONNECT] = hop.connectAt;
    page[base + PROXY] = hop.proxyAt;
    page[base + TLS] = hop.tlsAt;
    page[base + CONNECTED] = hop.connectedAt;
    page[base + SENT] = hop.sentAt;
    page[base + HEAD] = hop.headAt;
    page[base + ENDED] = endedAt < 0 ? hop.now() : endedAt;
    page[base + STORED] = hop.stored ? 1 : 0;
  }

  /** Something went out, or came out of what is stored; and all of it was heard. */
  get worthTelling(): boolean {
    const { page, base } = this;
    return page[base + REQUEST + 1]! > 0 || (page[base + STATUS]! > 0 && page[base + STORED] === 1);
  }

  finish(problem: Failure | null): void {
    this.page[this.base + TOLD] = 1;
    if (problem !== null) this.problems.set(this.row, problem);
  }

  /** Nothing happened that is worth telling: the row is empty, and may be begun anew. */
  giveUp(): void {
    const { page, base, row } = this;
    for (const text of [URL, REQUEST, FIELDS]) if (page[base + text + 1]! > 0) this.shelf.release(page[base + text]!);
    for (const body of [OUT, IN]) this.bodies.forget(row * COLUMNS + body, page[base + body]!);
    this.spare.push(row);
  }

  // Reading

  /** Rows that are over, and those of `underWay` that are worth telling, in the order of their beginnings. */
  told(underWay: Iterable<number>): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.rows; row++) {
      this.turn(row);
      if (this.page[this.base + TOLD] === 1) rows.push(row);
    }
    for (const row of underWay) {
      this.turn(row);
      if (this.worthTelling) rows.push(row);
    }
    const began = new Map(rows.map((row) => [row, this.began(row)]));
    return rows.sort((a, b) => began.get(a)! - began.get(b)!);
  }

  private began(row: number): number {
    this.turn(row);
    return this.page[this.base + MADE]! + this.page[this.base + QUEUED]! / 1000;
  }

  draft(row: number): Draft {
    this.turn(row);
    const { page, base } = this;
    const at = (column: number): number => page[base + column]!;
    const word = (column: number): string => this.words[at(column)]!;
    const fields = this.text(FIELDS);
    return {
      url: this.text(URL),
      method: word(METHOD),
      made: at(MADE),
      decodes: at(DECODES) === 1,
      stored: at(STORED) === 1,
      connection: at(CONNECTION),
      address: this.addresses.get(at(CONNECTION)) ?? '',
      sentHead: this.text(REQUEST),
      status: at(STATUS),
      version: at(STATUS) === 0 ? '' : word(VERSION),
      reason: at(STATUS) === 0 ? '' : word(REASON),
      fields: fields === '' ? [] : fields.split(SEPARATOR),
      problem: this.problems.get(row) ?? null,
      sent: this.bodies.read(row * COLUMNS + OUT, at(OUT), at(OUT + 1)),
      received: this.bodies.read(row * COLUMNS + IN, at(IN), at(IN + 1)),
      lentAt: at(LENT),
      queuedAt: at(QUEUED),
      resolveAt: at(RESOLVE),
      connectAt: at(CONNECT),
      proxyAt: at(PROXY),
      tlsAt: at(TLS),
      connectedAt: at(CONNECTED),
      sentAt: at(SENT),
      headAt: at(HEAD),
      endedAt: at(ENDED),
    };
  }

  // Texts

  private word(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.words.length);
    return this.words.push(text) - 1;
  }

  private write(column: number, text: string): void {
    const { page, base } = this;
    page[base + column] = this.shelf.write(text);
    page[base + column + 1] = text.length;
  }

  private text(column: number): string {
    const { page, base } = this;
    return this.shelf.text(page[base + column]!, page[base + column + 1]!);
  }
}
