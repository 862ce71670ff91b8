import type { HeaderList } from '../../base/header-list.ts';
import type { CredentialQuestion, Credentials } from '../../contract/auth.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { SecureInfo, SharedKey } from '../../contract/security.ts';
import type { PullBody, Sink } from '../../contract/sink.ts';
import type { Transfer } from '../../engine/assembly.ts';

/**
 * A reply whose read buffer is full goes on only when somebody reads it. While it waits the engine does not hold it, so that one
 * that nobody has any more is collected, and its transfer with it: no socket waits for a reader that cannot come.
 */
const forgotten = new FinalizationRegistry<Transfer>((transfer) => transfer.cancel());

/** Stands in for the reply while it waits. */
class ParkedSink implements Sink {
  private readonly sink: WeakRef<Sink>;

  constructor(sink: Sink) {
    this.sink = new WeakRef(sink);
  }

  dialing(): void {}
  secured(_info: SecureInfo): void {}
  sent(): void {}
  interimHead(_head: Head): void {}
  hopHead(_head: Head): void {}
  redirecting(): void {}
  upgraded(): void {}
  misled(): void {}
  head(_head: Head, _decoded: boolean): void {}
  served(_head: Head, body: PullBody): void {
    body.close();
  }
  // it has its connection, and is let in; but another one may be opened for the rest of its answer
  credentials(question: CredentialQuestion, answer: (credentials: Credentials | null) => void): void {
    const sink = this.sink.deref();
    if (sink === undefined) answer(null);
    else sink.credentials(question, answer);
  }
  distrusted(info: SecureInfo): boolean {
    return this.sink.deref()?.distrusted(info) === true;
  }
  trusts(info: SecureInfo): boolean {
    return this.sink.deref()?.trusts(info) === true;
  }
  get sharesKeys(): boolean {
    return this.sink.deref()?.sharesKeys === true;
  }
  sharedKey(hint: string): SharedKey | null {
    return this.sink.deref()?.sharedKey(hint) ?? null;
  }
  uploaded(bytes: number, total: number): void {
    this.sink.deref()?.uploaded(bytes, total);
  }
  data(bytes: Buffer, start: number, end: number): void {
    this.sink.deref()?.data(bytes, start, end);
  }
  room(left: number): Buffer | null {
    return this.sink.deref()?.room(left) ?? null;
  }
  end(trailers: HeaderList | null): void {
    this.sink.deref()?.end(trailers);
  }
  fail(failure: Failure): void {
    this.sink.deref()?.fail(failure);
  }
}

/** Lets go of the reply until `unpark`. */
export function park(transfer: Transfer, sink: Sink): void {
  if (transfer.sink instanceof ParkedSink) return;
  transfer.sink = new ParkedSink(sink);
  forgotten.register(sink, transfer, sink);
}

export function unpark(transfer: Transfer, sink: Sink): void {
  if (!(transfer.sink instanceof ParkedSink)) return;
  transfer.sink = sink;
  forgotten.unregister(sink);
}
