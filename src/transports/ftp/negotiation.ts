import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream, StreamHandler } from '../../contract/stream.ts';
import { refusalOf } from '../../rules/ftp/refusal.ts';
import { type Reply, ReplyReader } from '../../rules/ftp/reply.ts';
import type { Address, ConnectOptions, Network, SecureOptions, Step } from '../../wire/dial/network.ts';
import { MOST_PRELIMINARY } from './control.ts';

type Secured = (problem: Failure | null, stream: ByteStream | null) => void;

/**
 * A network on which TLS with one server begins with its greeting and AUTH TLS (RFC 4217 4). All else that belongs to TLS, above all who is
 * asked whether the server may be trusted, is as with any dial.
 */
export class NegotiatingNetwork implements Network {
  private readonly network: Network;
  /** Key of the route to the server: TLS with proxies begins at once. */
  private readonly route: string;
  private readonly place: string;

  constructor(network: Network, route: string, place: string) {
    this.network = network;
    this.route = route;
    this.place = place;
  }

  family(host: string): 0 | 4 | 6 {
    return this.network.family(host);
  }

  lookup(...call: Parameters<Network['lookup']>): void {
    this.network.lookup(...call);
  }

  connectLocal(...call: Parameters<Network['connectLocal']>): Step {
    return this.network.connectLocal(...call);
  }

  connect(to: Address, options: ConnectOptions, done: Secured): Step {
    const secure = options.secure?.route === this.route ? null : options.secure;
    return this.network.connect(to, { ...options, secure, layered: true }, done);
  }

  secure(lower: ByteStream, options: SecureOptions, done: Secured): Step {
    if (options.route !== this.route) return this.network.secure(lower, options, done);
    let step: Step = new Negotiation(lower, this.place, (problem) => {
      if (problem !== null) done(problem, null);
      else step = this.network.secure(lower, options, done);
    });
    return { cancel: () => step.cancel() };
  }
}

/** Greeting, AUTH TLS, and the word that the handshake may begin. */
class Negotiation implements Step, StreamHandler {
  private readonly stream: ByteStream;
  private readonly place: string;
  private readonly done: (problem: Failure | null) => void;
  private readonly reader = new ReplyReader();
  private greeted = false;
  private preliminary = 0;
  private over = false;

  constructor(stream: ByteStream, place: string, done: (problem: Failure | null) => void) {
    this.stream = stream;
    this.place = place;
    this.done = done;
    stream.handler = this;
  }

  cancel(): void {
    this.over = true;
    this.stream.destroy();
  }

  bytes(memory: Buffer, size: number): void {
    const { reader, place } = this;
    const fault = reader.take(memory, size, (reply) => this.heard(reply));
    if (fault !== '' && !this.over) this.fail(failure('protocol', 'tls', `${place} does not speak FTP: it sent ${fault}`));
  }

  ended(): void {
    if (!this.over) this.fail(failure('closed', 'tls', `${this.place} closed the connection before TLS was agreed on`));
  }

  closed(problem: Failure | null): void {
    if (problem === null) this.ended();
    else if (!this.over) this.fail(problem);
  }

  private heard(reply: Reply): boolean {
    const { code } = reply;
    if (this.over) return false;
    if (code < 200) {
      if (++this.preliminary > MOST_PRELIMINARY)
        this.fail(failure('protocol', 'tls', `${this.place} has sent more than ${MOST_PRELIMINARY} preliminary replies`));
      return !this.over;
    }
    if (!this.greeted) {
      if (code !== 220) this.fail(refusalOf(reply, 'greeting', this.place));
      else {
        this.greeted = true;
        this.stream.writeText('AUTH TLS\r\n');
      }
      return !this.over;
    }
    if (code !== 234) this.fail(refusalOf(reply, 'tls', this.place));
    // what comes in the clear behind the word was not said by who proves himself, and would be taken for his
    else if (this.reader.left > 0)
      this.fail(failure('protocol', 'tls', `${this.place} says more before TLS begins than that it may`));
    else {
      this.over = true;
      this.stream.handOver(null);
      this.done(null);
    }
    return false;
  }

  private fail(problem: Failure): void {
    this.cancel();
    this.done(problem);
  }
}
