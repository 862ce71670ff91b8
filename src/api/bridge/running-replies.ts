import type { QNetworkReply } from '../access/qnetworkreply.ts';

/** The replies of a manager that run, held by each other: joining and leaving costs two stores, whatever their number. */
export class RunningReplies {
  private first: QNetworkReply | null = null;
  /** Those that wait for a reader, who may never come: not held. */
  private readonly parked = new Set<WeakRef<QNetworkReply>>();
  private readonly refs = new WeakMap<QNetworkReply, WeakRef<QNetworkReply>>();

  add(reply: QNetworkReply): void {
    if (this.has(reply)) return;
    reply._after = this.first;
    if (this.first !== null) this.first._before = reply;
    this.first = reply;
  }

  /** Remembers the reply without holding it. */
  park(reply: QNetworkReply): void {
    this.delete(reply);
    const ref = new WeakRef(reply);
    this.refs.set(reply, ref);
    this.parked.add(ref);
    for (const old of this.parked) if (old.deref() === undefined) this.parked.delete(old);
  }

  unpark(reply: QNetworkReply): void {
    if (this.unlist(reply)) this.add(reply);
  }

  private unlist(reply: QNetworkReply): boolean {
    const ref = this.refs.get(reply);
    if (ref === undefined) return false;
    this.refs.delete(reply);
    return this.parked.delete(ref);
  }

  delete(reply: QNetworkReply): void {
    if (this.parked.size > 0) this.unlist(reply);
    if (!this.has(reply)) return;
    const { _before: before, _after: after } = reply;
    if (before === null) this.first = after;
    else before._after = after;
    if (after !== null) after._before = before;
    reply._before = null;
    reply._after = null;
  }

  private has(reply: QNetworkReply): boolean {
    return this.first === reply || reply._before !== null;
  }

  /** All of them now, the oldest first. */
  list(): QNetworkReply[] {
    const all: QNetworkReply[] = [];
    for (let reply = this.first; reply !== null; reply = reply._after) all.push(reply);
    for (const ref of this.parked) {
      const reply = ref.deref();
      if (reply !== undefined) all.push(reply);
    }
    return all.reverse();
  }
}
