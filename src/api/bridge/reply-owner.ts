import type { QNetworkReply } from '../access/qnetworkreply.ts';
import type { RequestState } from '../access/request-state.ts';
import type { QUrl } from '../core/qurl.ts';

/** What a reply needs of the manager that made it. */
export interface ReplyOwner {
  /** The reply does not run any more. */
  forget(reply: QNetworkReply): void;
  /** The reply waits for its reader: it is not held until `unpark`. */
  park(reply: QNetworkReply): void;
  unpark(reply: QNetworkReply): void;
  /** Emits the manager's `finished`. */
  finishedBy(reply: QNetworkReply): void;
  /** Emits the manager's `encrypted`. */
  encryptedBy(reply: QNetworkReply): void;
  /** autoDeleteReplies, or what the request says instead. */
  deletesWhenFinished(request: RequestState): boolean;
  /** A Location field as the server wrote it. */
  urlFromWire(text: string): QUrl;
}
