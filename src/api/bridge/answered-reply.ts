import type { HeaderList } from '../../base/header-list.ts';
import type { Url } from '../../base/url.ts';
import type { Trip } from '../../contract/ask.ts';
import type { Body } from '../../contract/body.ts';
import type { Head } from '../../contract/head.ts';
import type { SecureInfo, SharedKey } from '../../contract/security.ts';
import type { Engine } from '../../engine/assembly.ts';
import { isRedirect } from '../../rules/redirect.ts';
import { Attribute, type Operation } from '../access/access-enums.ts';
import * as R from '../access/qnetworkreply.ts';
import type { Told } from '../access/reply-tracing.ts';
import { movedTo, type RequestState } from '../access/request-state.ts';
import { peekSignal } from '../core/qobject.ts';
import { announced, withoutEmpty } from './answer-fields.ts';
import { operationAfter } from './compile.ts';
import { DescribedReply } from './described-reply.ts';
import { knownEntries } from './known-story.ts';
import { ProgressPace } from './progress-pace.ts';
import type { ReplyOwner } from './reply-owner.ts';
import { askForKey, ignoresErrors, sharesKeys, trustsConnection } from './reply-trust.ts';
import { toldOf } from './story-book.ts';

/** A length is a claim of the server: beyond 2 GiB no memory is asked for, because V8 may end the whole program over it. */
const LARGEST_BUFFER = 2 ** 31;

/** The hearing side of a reply: the heads of its answers, where they send it, and how far its body has gone. */
export abstract class AnsweredReply extends DescribedReply {
  protected readonly engine: Engine;
  protected uploads: Body | null = null;
  /** Bytes the body of the answer will have, -1 = unknown. */
  protected expected = -1;
  private progress: ProgressPace | null = null;

  constructor(engine: Engine, operation: Operation, request: RequestState, url: Url) {
    super(operation, request, url);
    this.engine = engine;
  }

  /** The last signals have not begun. */
  protected abstract get running(): boolean;

  protected get owner(): ReplyOwner {
    return this._manager as unknown as ReplyOwner;
  }

  uploaded(bytes: number, total: number): void {
    const signal = peekSignal(this, R.UPLOAD_PROGRESS);
    if (signal === undefined) return;
    // who wants the body in pieces wants to hear of each
    const every = this.transfer!.ask.wishes.uploadPiece > 0;
    this.pace().uploaded(signal, this.engine.clock.now(), bytes, total, every);
  }

  protected pace(): ProgressPace {
    this.progress ??= new ProgressPace(this.transfer!.started);
    return this.progress;
  }

  /** @internal */
  protected override _told(): Told | null {
    const { transfer, engine } = this;
    if (transfer === null) return null;
    const kept = toldOf(engine, transfer);
    return { events: kept ?? knownEntries(transfer, this.head_, this.problem), whole: kept !== null, ask: transfer.ask };
  }

  // ---- TlsDelegate

  distrusted(info: SecureInfo): boolean {
    const ignores = ignoresErrors(this, this.owner, info);
    // RFC 6797 8.4: nobody talks the errors of such a host away
    return ignores && this.running && !this.engine.hsts.knows(this.link);
  }

  trusts(info: SecureInfo): boolean {
    return !this.engine.hsts.knows(this.link) && trustsConnection(this, this.owner, info) && this.running;
  }

  get sharesKeys(): boolean {
    return sharesKeys(this, this.owner);
  }

  sharedKey(hint: string): SharedKey | null {
    return askForKey(this, this.owner, hint);
  }

  // ---- heads

  interimHead(_head: Head): void {}

  hopHead(head: Head): void {
    this.head_ = head;
    this.expected = announced(head.headers);
    this._fields = withoutEmpty(head.headers);
    this.progress?.uploadEnded(peekSignal(this, R.UPLOAD_PROGRESS), this.uploads?.length ?? 0);
    if (this.running) peekSignal(this, R.META_DATA_CHANGED)?.emit();
  }

  upgraded(url: Url): void {
    // as in Qt request() shows it, too, unless a redirect led there
    if (this.link === this.made.url) this.made = movedTo(this.made, url);
    this.link = url;
  }

  misled(url: Url): void {
    this.setAttribute(Attribute.ConnectionEncryptedAttribute, this.link.scheme === 'https');
    this.link = url;
  }

  redirecting(to: Trip, answer: (() => void) | null): void {
    this.link = to.url;
    this.operationMade = operationAfter(this.operationMade, this.made, to.method);
    this.uploads = to.body;
    this.expected = -1;
    if (answer === null) this._fields = R.NO_FIELDS;
    else this.redirectAllowed.once(() => this.followed(answer))._kept = true;
    peekSignal(this, R.REDIRECTED)?.emit(this.url());
  }

  /** The program has allowed the redirect: as in Qt the headers of the answer that is left go only now. */
  private followed(answer: () => void): void {
    if (!this.running) return;
    this._fields = R.NO_FIELDS;
    answer();
  }

  head(head: Head, decoded: boolean): void {
    this.head_ = head;
    const { headers } = head;
    const length = announced(headers);
    if (decoded) this.takeOutLength(length, headers);
    else if (head.bodyLength > 0) this.expectBody(head.bodyLength);
    else if (head.bodyLength === 0) this.expected = length;
    this._fields = withoutEmpty(headers);
    if (isRedirect(head.status)) this.noteRedirect(head);
    this.progress?.uploadEnded(peekSignal(this, R.UPLOAD_PROGRESS), this.uploads?.length ?? 0);
    if (!this.running) return;
    peekSignal(this, R.META_DATA_CHANGED)?.emit();
  }

  private expectBody(length: number): void {
    this.expected = length;
    const most = this.made.attributes?.get(Attribute.MaximumDownloadBufferSizeAttribute);
    if (typeof most !== 'number' || length > most || length > LARGEST_BUFFER) return;
    let memory: ArrayBuffer;
    try {
      memory = new ArrayBuffer(length);
    } catch {
      // more than there is: as in Qt the body comes without it
      return;
    }
    this.setAttribute(Attribute.DownloadBufferAttribute, memory);
    this.gatherIn(memory);
  }

  /** The body comes into memory that the program holds as well, so no socket may write there on its own. */
  protected get gathers(): boolean {
    return this.made.attributes !== null && this.attribute(Attribute.DownloadBufferAttribute) !== null;
  }

  /** The length of what came is not the length of what is delivered (Qt moves it to an attribute). */
  private takeOutLength(length: number, headers: HeaderList): void {
    if (length >= 0) this.setAttribute(Attribute.OriginalContentLengthAttribute, length);
    headers.remove('Content-Length');
  }

  private noteRedirect(head: Head): void {
    const location = head.headers.get('Location');
    if (location !== undefined) this.setAttribute(Attribute.RedirectionTargetAttribute, this.owner._urlFromWire(location));
  }
}
