import { Code, type Frame, goaway, LAST_ID, ping, rst, Type } from '../../support/h2-frames.ts';
import { acknowledged, ended, fine, type Script, type Step } from '../../support/h2-server.ts';

/** How often, of a hundred requests, which weather comes with one of them. */
export interface Weather {
  /** REFUSED_STREAM. */
  readonly refused?: number;
  /** GOAWAY in two steps, as RFC 9113 6.8 has it: no more, please; then the last one that was looked at. */
  readonly gently?: number;
  /** GOAWAY at once, from before this request. */
  readonly abruptly?: number;
  /** The same with an error code, when what was looked at is answered. */
  readonly angrily?: number;
  /** An answer that waits until a PING has come back, so that others overtake it. */
  readonly slowly?: number;
}

const ANGER = [Code.PROTOCOL_ERROR, Code.INTERNAL_ERROR, Code.ENHANCE_YOUR_CALM, 0xbad];

/** A server whose sessions end whenever chance wants it. It answers with the path, and counts how often it acted on each. */
export function stormy(weather: Weather, next: () => number, acted: Map<string, number>): () => Script {
  return () => new Session(weather, next, acted).script;
}

class Session {
  readonly script: Script = { answer: (stream, request) => this.#answer(stream, request.field(':path') ?? '') };
  readonly #weather: Weather;
  readonly #next: () => number;
  readonly #acted: Map<string, number>;
  /** The last stream that was looked at, and how many are still to be answered. */
  #last = 0;
  #open = 0;
  #leaving = false;
  /** Nothing more is looked at. */
  #gone = false;
  /** The code that it says then. */
  #error = 0;

  constructor(weather: Weather, next: () => number, acted: Map<string, number>) {
    this.#weather = weather;
    this.#next = next;
    this.#acted = acted;
  }

  #answer(stream: number, path: string): readonly Step[] {
    if (this.#gone) return [];
    const { refused = 0, gently = 0, abruptly = 0, angrily = 0, slowly = 0 } = this.#weather;
    let draw = 100 * this.#next();
    const falls = (share: number): boolean => {
      const here = draw >= 0 && draw < share;
      draw -= share;
      return here;
    };
    if (falls(refused)) return [rst(stream, Code.REFUSED_STREAM)];
    if (falls(abruptly) && this.#mayLeave()) return this.#leave();
    if (falls(angrily) && this.#mayLeave()) return this.#leaveWithError(ANGER[stream % ANGER.length]!);
    if (falls(gently) && this.#mayLeave()) return this.#act(stream, path, this.#leaveGently());
    return this.#act(stream, path, falls(slowly) ? [named(stream), acknowledgedName(stream)] : []);
  }

  #mayLeave(): boolean {
    return !this.#leaving && this.#last > 0;
  }

  #act(stream: number, path: string, before: readonly Step[]): readonly Step[] {
    this.#last = stream;
    this.#open++;
    this.#acted.set(path, (this.#acted.get(path) ?? 0) + 1);
    return [ended(stream), ...before, ...fine(stream, path), () => this.#answered()];
  }

  /** What comes with the last answer of a session that is to be left. */
  #answered(): readonly Step[] {
    this.#open--;
    return this.#gone && this.#open === 0 ? this.#end() : [];
  }

  #end(): readonly Step[] {
    const close: Step = { end: 'close' };
    return this.#error === 0 ? [close] : [goaway(this.#last, this.#error), close];
  }

  #leave(): readonly Step[] {
    this.#leaving = true;
    this.#gone = true;
    return [goaway(this.#last, Code.NO_ERROR), ...(this.#open === 0 ? this.#end() : [])];
  }

  /** Who hears of an error may drop what is not answered, so that comes first. */
  #leaveWithError(code: number): readonly Step[] {
    this.#leaving = true;
    this.#gone = true;
    this.#error = code;
    return this.#open === 0 ? this.#end() : [];
  }

  #leaveGently(): readonly Step[] {
    this.#leaving = true;
    return [goaway(LAST_ID, Code.NO_ERROR), ping(), acknowledged(Type.PING), () => this.#leave()];
  }
}

const nameOf = (stream: number): string => `s${stream}`.padEnd(8, '.');
const named = (stream: number): Frame => ping(nameOf(stream));
const acknowledgedName = (stream: number): Step => ({
  heard: ({ type, payload }) => type === Type.PING && payload.toString() === nameOf(stream),
});
