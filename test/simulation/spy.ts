import { WORLD, type World } from '../../src/contract/door.ts';
import type { Address, Connected, ConnectOptions, Network, SecureOptions, Step } from '../../src/contract/network.ts';
import type { ByteStream } from '../../src/contract/stream.ts';
import { QNetworkAccessManager } from '../../src/index.ts';

/** So many ports beyond the last one for each connection: its number can be read from the netlog. */
const PORTS = 100_000;

export const numberOf = (port: number): number => Math.floor(port / PORTS);

/** Lets a network do its work, and makes each connection tell its number in the network's trace by its port. */
class NumberedNetwork implements Network {
  private readonly inner: Network;
  private readonly attempts: () => number;
  private readonly dialled: (number: number) => void;

  constructor(inner: Network, attempts: () => number, dialled: (number: number) => void) {
    this.inner = inner;
    this.attempts = attempts;
    this.dialled = dialled;
  }

  family(host: string): 0 | 4 | 6 {
    return this.inner.family(host);
  }

  lookup(...call: Parameters<Network['lookup']>): void {
    this.inner.lookup(...call);
  }

  connect(to: Address, options: ConnectOptions, done: Connected): Step {
    const step = this.inner.connect(to, options, (problem, stream) => {
      if (stream !== null) (stream as { remotePort: number }).remotePort = options.port + PORTS * number;
      done(problem, stream);
    });
    const number = this.attempts();
    this.dialled(number);
    return step;
  }

  connectLocal(path: string, done: Connected): Step {
    return this.inner.connectLocal(path, done);
  }

  secure(lower: ByteStream, options: SecureOptions, done: Connected): Step {
    return this.inner.secure(lower, options, done);
  }
}

/** A manager whose connections can be told apart. */
export class SeenManager extends QNetworkAccessManager {
  private readonly attempts: () => number;
  private readonly dialled: (number: number) => void;

  constructor(attempts: () => number, dialled: (number: number) => void) {
    super();
    this.attempts = attempts;
    this.dialled = dialled;
  }

  override [WORLD](world: World): void {
    super[WORLD]({ ...world, network: new NumberedNetwork(world.network, this.attempts, this.dialled) });
  }
}
