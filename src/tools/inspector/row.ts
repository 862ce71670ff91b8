import type { Ask } from '../../contract/ask.ts';
import type { Body } from '../../contract/body.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { SecureInfo } from '../../contract/security.ts';
import type { SeenHop } from '../../contract/tap.ts';
import type { Draft } from '../har/draft.ts';
import type { Shelf } from '../har/shelf.ts';
import { KeptBody } from './kept-body.ts';

/** Between the parts of a head; in none of them. */
const SEPARATOR = '\0';

/** One trip as the inspector keeps it: its heads and bodies are on shelves, so that the collector of garbage has little to carry. */
export class Row implements Draft {
  readonly id: number;
  readonly url: string;
  readonly method: string;
  readonly made: number;
  /** The number of the trip, from 0. */
  readonly index: number;
  readonly decodes: boolean;
  /** Path of the socket of this machine that was wished for; '' = none. */
  readonly localSocket: string;
  /** null = it is over. */
  hop: SeenHop | null;
  /** What the trip belongs to; null when its body was too long to be kept. */
  ask: Ask | null;
  /** The page has not heard of it as it is now. */
  changed = false;
  stored = false;
  /** What is known of TLS, shared by all rows of the connection. */
  secure: SecureInfo | null = null;
  connection = 0;
  address = '';
  status = 0;
  reason = '';
  version = '';
  mime = '';
  problem: Failure | null = null;
  sent: KeptBody | null = null;
  received: KeptBody | null = null;
  lentAt = -1;
  queuedAt: number;
  resolveAt = -1;
  connectAt = -1;
  proxyAt = -1;
  tlsAt = -1;
  connectedAt = -1;
  sentAt = -1;
  headAt = -1;
  endedAt = -1;
  private readonly heads: Shelf;
  // A place on that shelf and a size; size 0 = nothing is there.
  private requestPlace = 0;
  private requestSize = 0;
  private fieldsPlace = 0;
  private fieldsSize = 0;

  constructor(id: number, hop: SeenHop, heads: Shelf, bodyLimit: number) {
    const { ask } = hop;
    this.id = id;
    this.url = hop.url.hrefWithoutUserInfo;
    this.method = hop.method;
    this.made = hop.began;
    this.index = hop.index;
    this.decodes = ask.wishes.decode;
    this.localSocket = ask.wishes.localSocket;
    this.queuedAt = hop.queuedAt;
    this.hop = hop;
    this.ask = sizeOf(ask.body) > bodyLimit ? null : ask;
    this.heads = heads;
  }

  request(text: string): void {
    this.requestPlace = this.heads.write(text);
    this.requestSize = text.length;
  }

  answer({ status, reason, version, headers }: Head): void {
    this.status = status;
    this.reason = reason;
    this.version = version;
    this.mime = headers.get('Content-Type') ?? '';
    const text = headers.flat.join(SEPARATOR);
    // a place for nothing would never be given back
    if (text === '') return;
    this.fieldsPlace = this.heads.write(text);
    this.fieldsSize = text.length;
  }

  get sentHead(): string {
    return this.heads.text(this.requestPlace, this.requestSize);
  }

  get fields(): readonly string[] {
    return this.fieldsSize === 0 ? [] : this.heads.text(this.fieldsPlace, this.fieldsSize).split(SEPARATOR);
  }

  /** Something went out or came in, or somebody tried; and all of it was heard. */
  get worthTelling(): boolean {
    return this.requestSize > 0 || this.problem !== null || (this.status > 0 && this.stored);
  }

  /** Bytes of bodies that it holds; the program's own, which is kept to be sent again, is one also where none of it went out. */
  get held(): number {
    return (this.received?.held ?? 0) + (this.sent?.held ?? 0) + sizeOf(this.ask?.body ?? null);
  }

  sentData(bodies: Shelf, bytes: Uint8Array, limit: number): void {
    this.sent ??= new KeptBody(bodies);
    this.sent.add(bytes, 0, bytes.length, limit);
  }

  receivedData(bodies: Shelf, bytes: Uint8Array, start: number, end: number, limit: number): void {
    this.received ??= new KeptBody(bodies);
    this.received.add(bytes, start, end, limit);
  }

  /** Takes down how far it has got. */
  look(): void {
    const { hop } = this;
    if (hop === null) return;
    this.stored = hop.stored;
    this.secure = hop.secure;
    this.resolveAt = hop.resolveAt;
    this.connectAt = hop.connectAt;
    this.proxyAt = hop.proxyAt;
    this.tlsAt = hop.tlsAt;
    this.connectedAt = hop.connectedAt;
    this.sentAt = hop.sentAt;
    this.headAt = hop.headAt;
    this.endedAt = hop.endedAt < 0 ? hop.now() : hop.endedAt;
  }

  /** Nothing more comes. */
  finish(problem: Failure | null): void {
    this.problem = problem;
    // a source that only its end told the size of: it is used up, and what it gave is not kept
    if (this.ask?.body?.length === -1 && this.sent?.kept === false) this.ask = null;
    this.look();
    this.hop = null;
  }

  /** The bodies make room for others; their sizes stay. */
  forgetBodies(): void {
    this.received?.makeRoom();
    this.sent?.makeRoom();
    if (this.ask !== null && this.ask.body !== null) this.ask = null;
  }

  /** It is not kept any more, and gives its memory back. */
  release(): void {
    this.received?.release();
    this.sent?.release();
    if (this.requestSize > 0) this.heads.release(this.requestPlace);
    if (this.fieldsSize > 0) this.heads.release(this.fieldsPlace);
    this.requestSize = 0;
    this.fieldsSize = 0;
  }
}

/** Bytes of memory that it may hold on to: a source may have all of them, too. */
function sizeOf(body: Body | null): number {
  return body === null ? 0 : Math.max(0, body.length);
}
