import { type QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import type { Books } from './books.ts';
import type { Plan } from './plan.ts';

/** What is told of a reply, in short. */
export type Told =
  | 'dialing'
  | 'encrypted'
  | 'sent'
  | 'meta'
  | 'read'
  | 'progress'
  | 'upload'
  | 'redirected'
  | 'tls'
  | 'error'
  | 'closing'
  | 'channel'
  | 'manager'
  | 'finished'
  | 'destroyed';

/** One reply with all that is told of it, and what was read from it. */
export class Watched {
  readonly plan: Plan;
  readonly reply: QNetworkReply;
  readonly told: Told[] = [];
  readonly pieces: Buffer[] = [];
  /** What its promise brought; null = has none, or is not settled. */
  settled: 'resolved' | 'rejected' | null = null;
  promised = false;
  /** The user has let go of it: it is destroyed in the next turn. */
  destroying = false;
  over = false;
  /** The user has aborted or closed it, perhaps when it was over already. */
  ended = false;
  /** Told inside each signal, for who does something at that moment. */
  during: ((what: Told) => void) | null = null;
  private received = 0;
  private readonly books: Books;

  constructor(plan: Plan, reply: QNetworkReply, books: Books) {
    this.plan = plan;
    this.reply = reply;
    this.books = books;
    const hear = (what: Told): void => this.hear(what);
    reply.socketStartedConnecting.connect(() => hear('dialing'));
    reply.encrypted.connect(() => hear('encrypted'));
    reply.requestSent.connect(() => hear('sent'));
    reply.metaDataChanged.connect(() => {
      this.learn();
      this.received = 0;
      hear('meta');
    });
    reply.readyRead.connect(() => hear('read'));
    reply.downloadProgress.connect((now, total) => {
      books.note(`${plan.id} downloadProgress(${now}, ${total})`);
      if (now < this.received || (total >= 0 && now > total))
        books.violated('order', `${this.name}: downloadProgress(${now}, ${total}) after ${this.received}`);
      this.received = now;
      hear('progress');
    });
    reply.uploadProgress.connect((now, total) => {
      if (total >= 0 && now > total) books.violated('order', `${this.name}: uploadProgress(${now}, ${total})`);
      hear('upload');
    });
    reply.redirected.connect(() => hear('redirected'));
    reply.sslErrors.connect(() => hear('tls'));
    reply.errorOccurred.connect(() => hear('error'));
    reply.aboutToClose.connect(() => hear('closing'));
    reply.readChannelFinished.connect(() => hear('channel'));
    reply.finished.connect(() => hear('finished'));
    reply.destroyed.connect(() => hear('destroyed'));
  }

  get name(): string {
    const { plan } = this;
    const where =
      plan.cached === null
        ? plan.steps.map(({ site }) => site.url).join(' then ')
        : `${plan.cached.site.url} page ${plan.cached.page}`;
    return `reply ${plan.id} (${plan.method} ${where})`;
  }

  get body(): Buffer {
    return this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
  }

  hear(what: Told): void {
    const { books, told } = this;
    told.push(what);
    books.note(`${this.plan.id} ${what}${what === 'error' ? ` ${this.reply.errorString()}` : ''}`);
    const late = this.over && what !== 'destroyed';
    if (late) books.violated('after the end', `${this.name}: ${what} after ${told.slice(-5, -1).join(', ')}`);
    if (what === 'finished' || what === 'destroyed') this.over = true;
    this.during?.(what);
  }

  take(bytes: Buffer | null): void {
    if (bytes !== null && bytes.length > 0) this.pieces.push(bytes);
  }

  /** Of a bad certificate nothing is to be learned, and of what is stored neither. */
  private learn(): void {
    const { reply, books } = this;
    if (reply.manager()?.isStrictTransportSecurityEnabled() !== true) return;
    const serial = Number(reply.rawHeader('X-Serial').toString());
    const { site } = books.served.get(serial) ?? {};
    const stored = reply.attribute(QNetworkRequest.SourceIsFromCacheAttribute) === true;
    if (site?.good === true && site.scheme === 'https' && !stored && reply.hasRawHeader('Strict-Transport-Security'))
      books.wantTls.add(site.host);
  }
}
