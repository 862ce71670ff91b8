import type { HeaderList } from '../base/header-list.ts';
import type { Url } from '../base/url.ts';
import type { Trip } from './ask.ts';
import type { CredentialDelegate } from './auth.ts';
import type { Failure } from './failure.ts';
import type { Head } from './head.ts';
import type { SecureInfo, TlsDelegate } from './security.ts';

/** A body that is read when asked, for answers that are complete at once (data:, file:, qrc:, later the cache). */
export interface PullBody {
  /** Bytes in all. */
  readonly length: number;
  /** Copies up to `target.length` bytes into `target`; 0 at the end. Throws when the source fails. */
  read(target: Uint8Array): number;
  close(): void;
}

/**
 * Who is told, synchronously, what happens to a transfer. The sink may abort the transfer inside any call; the caller checks its
 * ticket afterwards. Exactly one of `end`, `fail` and `served` closes the conversation.
 */
export interface Sink extends TlsDelegate, CredentialDelegate {
  /** The first attempt to connect starts (after name resolution). */
  dialing(): void;
  secured(info: SecureInfo): void;
  /** The request's head was handed to the socket. Told again for a resend. */
  sent(): void;
  /** Body bytes the socket has accepted so far. */
  uploaded(bytes: number, total: number): void;
  interimHead(head: Head): void;
  /** The head of an answer that is not the last one, or whose body will not come: a redirect. */
  hopHead(head: Head): void;
  /** The redirect of that head will be followed to `to`; with `answer` only after somebody has called it. */
  redirecting(to: Trip, answer: (() => void) | null): void;
  /** The request goes to `url` instead, because its host wants to be reached over TLS only. */
  upgraded(url: Url): void;
  /** It leads to `url`, and that is why the transfer fails. */
  misled(url: Url): void;
  /** The final head. `decoded` is true when a filter changes the length of the body. */
  head(head: Head, decoded: boolean): void;
  /** Body bytes after all filters: those from `start` to `end`. The memory is valid during the call only: who keeps bytes copies them. */
  data(bytes: Buffer, start: number, end: number): void;
  /** Memory for some of the `left` bytes that come next; bytes told out of this very memory are kept without copying. */
  room(left: number): Buffer | null;
  end(trailers: HeaderList | null): void;
  fail(failure: Failure): void;
  /** A complete answer without a network; its signals come later, the body is pulled. */
  served(head: Head, body: PullBody): void;
}
