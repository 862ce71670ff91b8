import type { Duplex } from 'node:stream';
import type { Clock } from '../../contract/clock.ts';
import { checkConnectFault, checkOrigin } from './check-origin.ts';
import { Desk, type OpenConnection } from './desk.ts';
import { Http1Conversation } from './http1.ts';
import { Http2Conversation } from './http2/conversation.ts';
import { PREFACE } from './http2/frames.ts';
import type { Layer, Line } from './line.ts';
import type { TestConnectFault, TestConnection, TestOrigin } from './origin.ts';
import type { TestRequest } from './request.ts';

/** Milliseconds that an answer which is being written gets before the client's end is answered with ours. */
const LAST_WORDS = 5;

/**
 * Plays a `TestOrigin` on the lines it is given, and writes down what came. Knows neither sockets nor TLS; time comes from the clock.
 * Nothing is remembered between two scripts with the same origin. An origin that cannot be meant is a TypeError or RangeError at once.
 */
export class Script {
  /** In the order of their first byte; connections that never said anything are not in it. */
  readonly connections: TestConnection[] = [];
  /** Lines so far, talkative or not. */
  accepted = 0;
  readonly #origin: TestOrigin;
  readonly #clock: Clock;
  readonly #desk: Desk;

  constructor(origin: TestOrigin, clock: Clock) {
    checkOrigin(origin);
    this.#origin = origin;
    this.#clock = clock;
    this.#desk = new Desk(origin, clock);
  }

  /** In the order in which their heads arrived. */
  get requests(): readonly TestRequest[] {
    return this.#desk.requests;
  }

  /** Those that no route fits. */
  get unexpected(): readonly TestRequest[] {
    return this.#desk.unexpected;
  }

  /** Throws an error that names the requests no route fits and the answers that could not be given, if there are any. */
  verify(): void {
    this.#desk.verify();
  }

  /**
   * A connection has been made: goes on with it until it ends. What the origin does to connections comes first; `over` is asked only when
   * nothing is to happen beneath it.
   */
  play(line: Line, over?: Layer): void {
    this.accepted++;
    this.#answerEnd(line.stream);
    const { refuse } = this.#origin;
    const fault = this.#connectFault();
    if (fault !== undefined) {
      this.#register(line);
      void this.#spoil(line, fault);
    } else if (refuse !== undefined) {
      this.#register(line);
      line.stream.once('data', () => void this.#spoil(line, refuse));
    } else if (over !== undefined) {
      over((upper) => {
        // the stream below says nothing of its end once another one reads from it
        if (upper.stream !== line.stream) this.#answerEnd(upper.stream);
        this.#greet(upper);
      });
    } else {
      this.#greet(line);
    }
  }

  #connectFault(): TestConnectFault | undefined {
    const { connect } = this.#origin;
    if (typeof connect !== 'function') return connect;
    try {
      const fault = connect(this.accepted);
      if (fault !== undefined) checkConnectFault(fault, 'connect(…)');
      return fault;
    } catch (error) {
      this.#desk.report(`connect failed at connection number ${this.accepted}: ${error}`);
      return { end: 'reset' };
    }
  }

  #answerEnd(stream: Duplex): void {
    stream.on('end', () => this.#clock.after(LAST_WORDS, () => stream.destroyed || stream.end(), true));
  }

  #register({ stream, secure }: Line): OpenConnection {
    const connection = { number: this.connections.length + 1, secure, requests: 0, open: true };
    this.connections.push(connection);
    stream.once('close', () => {
      connection.open = false;
    });
    return connection;
  }

  async #spoil(line: Line, fault: TestConnectFault): Promise<void> {
    const { stream } = line;
    stream.resume();
    if (fault === 'hang') return;
    if (fault.delay !== undefined) await this.#desk.later(fault.delay);
    if (stream.destroyed) return;
    if (fault.write !== undefined) stream.write(fault.write, 'latin1');
    if (fault.end === 'reset') line.reset();
    else stream.end();
  }

  /** A connection counts from its first byte, so that one opened in advance and never used does not. */
  #greet(line: Line): void {
    const { stream } = line;
    stream.once('readable', () => {
      if (stream.readableLength === 0) stream.resume();
      else this.#converse(line, this.#register(line));
    });
  }

  #converse(line: Line, connection: OpenConnection): void {
    const { stream } = line;
    if (this.#origin.http2 !== true) return void new Http1Conversation(line, connection, this.#desk).run();
    const first: Buffer = stream.read();
    stream.unshift(first);
    // no method of HTTP/1 begins so
    const isHttp2 = PREFACE.startsWith(first.toString('latin1', 0, PREFACE.length));
    if (isHttp2) new Http2Conversation(line, connection, this.#desk).start();
    else void new Http1Conversation(line, connection, this.#desk).run();
  }
}
