import type { QNetworkReply } from '../access/qnetworkreply.ts';

/** The replies of a manager that run, held by each other: joining and leaving costs two stores, whatever their number. */
export class RunningReplies {
  private first: QNetworkReply | null = null;

  add(reply: QNetworkReply): void {
    if (this.has(reply)) return;
    reply._after = this.first;
    if (this.first !== null) this.first._before = reply;
    this.first = reply;
  }

  delete(reply: QNetworkReply): void {
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
    return all.reverse();
  }
}
