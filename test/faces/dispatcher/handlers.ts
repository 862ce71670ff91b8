import type { DispatchController, DispatchHandler, FieldRecord } from '../../../src/dispatcher.ts';

/** What a handler was told, in order, and how it answers. */
export interface Told {
  readonly said: unknown[][];
  readonly handler: DispatchHandler;
  /** When the last word has been said. */
  readonly over: Promise<unknown[][]>;
  /** Of the older generation: what onHeaders was given to go on with. */
  resume(): void;
  abort(reason?: Error): void;
}

export interface Answers {
  /** Called with the name of what was told; `false` pauses. */
  readonly to?: (what: string, ...rest: unknown[]) => unknown;
}

/** A handler of the generation of undici 6. */
export function older({ to }: Answers = {}): Told {
  const { said, over, done } = log();
  let go = (): void => {};
  let stop = (_reason?: Error): void => {};
  const tell = (what: string, ...rest: unknown[]): boolean => {
    said.push([what, ...rest]);
    return to?.(what, ...rest) !== false;
  };
  const handler: DispatchHandler = {
    onConnect(abort) {
      stop = abort;
      tell('onConnect');
    },
    onHeaders(status, raw, resume, text) {
      go = resume;
      return tell('onHeaders', status, raw.map(String), text);
    },
    onData: (chunk) => tell('onData', chunk.toString('latin1')),
    onComplete(trailers) {
      tell('onComplete', trailers!.map(String));
      done();
    },
    onError(error) {
      tell('onError', error);
      done();
    },
  };
  return { said, handler, over, resume: () => go(), abort: (reason) => stop(reason) };
}

/** One of the generation of undici 7 and 8. */
export function newer({ to }: Answers = {}): Told & { controller(): DispatchController } {
  const { said, over, done } = log();
  let held: DispatchController;
  const tell = (what: string, ...rest: unknown[]): void => {
    said.push([what, ...rest]);
    if (to?.(what, ...rest) === false) held.pause();
  };
  const handler: DispatchHandler = {
    onRequestStart(controller) {
      held = controller;
      tell('onRequestStart');
    },
    onResponseStart: (_controller, status, headers: FieldRecord, text) => tell('onResponseStart', status, headers, text),
    onResponseData: (_controller, chunk) => tell('onResponseData', chunk.toString('latin1')),
    onResponseEnd(_controller, trailers) {
      tell('onResponseEnd', trailers);
      done();
    },
    onResponseError(_controller, error) {
      tell('onResponseError', error);
      done();
    },
  };
  return { said, handler, over, resume: () => held.resume(), abort: (reason) => held.abort(reason), controller: () => held };
}

function log(): { said: unknown[][]; over: Promise<unknown[][]>; done(): void } {
  const said: unknown[][] = [];
  let done = (): void => {};
  const over = new Promise<unknown[][]>((resolve) => {
    done = () => resolve(said);
  });
  return { said, over, done: () => done() };
}
