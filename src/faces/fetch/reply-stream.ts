import { type Arriving, detachable } from './arriving.ts';

/**
 * The platform's stream of a body, made when somebody wants one. It pulls, so that nothing but a pending read holds it; `keeper` is kept
 * alive by it.
 */
export function streamOf(body: Arriving, keeper: object): ReadableStream<Uint8Array> {
  return new ReadableStream(new BodySource(body, keeper), { highWaterMark: 0 });
}

class BodySource {
  readonly type = 'bytes';
  /** A reply whose stream is read is not forgotten. */
  readonly keeper: object;
  readonly #body: Arriving;
  #controller: ReadableByteStreamController | null = null;
  #over = false;
  #pulling = false;

  constructor(body: Arriving, keeper: object) {
    this.#body = body;
    this.keeper = keeper;
  }

  start(controller: ReadableByteStreamController): void {
    if (this.#body.finished) return this.#finish(controller);
    this.#controller = controller;
    this.#body.closed = closing(new WeakRef(this));
  }

  /** The body is over without being pulled: it has failed, or all of it was read before. */
  closed(problem: { readonly reason: unknown } | null): void {
    const controller = this.#controller!;
    if (problem !== null) controller.error(problem.reason);
    // what is on its way into the stream comes before its end
    else if (!this.#pulling) this.#finish(controller);
  }

  async pull(controller: ReadableByteStreamController): Promise<void> {
    this.#pulling = true;
    const piece = await this.#body.next();
    this.#pulling = false;
    if (piece !== null) controller.enqueue(new Uint8Array(detachable(piece)));
    if (piece === null || this.#body.finished) this.#finish(controller);
  }

  #finish(controller: ReadableByteStreamController): void {
    if (this.#over) return;
    this.#over = true;
    controller.close();
    controller.byobRequest?.respond(0);
  }

  cancel(): void {
    this.#body.cancel();
  }
}

/** Made out here, where there is no `this` to hold: the transfer holds what it tells, and must not hold the stream or the reply. */
function closing(weak: WeakRef<BodySource>): NonNullable<Arriving['closed']> {
  return (problem) => weak.deref()?.closed(problem);
}
