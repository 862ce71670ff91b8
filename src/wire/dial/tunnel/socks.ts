import type { Credentials } from '../../../contract/auth.ts';
import type { Failure } from '../../../contract/failure.ts';
import type { ByteStream, StreamHandler } from '../../../contract/stream.ts';
import { closedEarly, connectTarget } from '../../../rules/http-connect.ts';
import { ProxyFault } from '../../../rules/proxy/proxy-fault.ts';
import { readSocks4Reply, socks4Connect } from '../../../rules/socks/socks4.ts';
import {
  readSocks5Acceptance,
  readSocks5Method,
  readSocks5Reply,
  type Socks5Method,
  type SocksReading,
  socks5Connect,
  socks5Credentials,
  socks5Greeting,
} from '../../../rules/socks/socks5.ts';
import { tunnelFailure } from './proxy-failure.ts';
import type { Tunnel, TunnelTask } from './tunnel.ts';

/** Addresses of a target that are tried, each over a connection of its own. */
const MOST_ADDRESSES = 4;

/** What is waited for. */
type Waiting = 'nothing' | 'method' | 'acceptance' | 'reply' | 'reply of SOCKS 4';

const NO_OCTETS = Buffer.alloc(0);

/** A tunnel by SOCKS 5 (RFC 1928, RFC 1929), or by SOCKS 4 and 4a. */
export class SocksTunnel implements Tunnel, StreamHandler {
  private readonly task: TunnelTask;
  private readonly target: string;
  private stream: ByteStream | null = null;
  private waiting: Waiting = 'nothing';
  private held = NO_OCTETS;
  /** What is offered; null = nothing. */
  private credentials: Credentials | null = null;
  /** The target as the proxy is told it, the next one to try first; null = not known yet. */
  private hosts: string[] | null;
  private takeBack: (() => void) | null = null;
  private canceled = false;

  constructor(task: TunnelTask) {
    this.task = task;
    this.target = connectTarget(task.host, task.port);
    const { scheme } = task.proxy;
    this.hosts = scheme === 'socks4a' || scheme === 'socks5h' ? [task.host] : null;
  }

  open(stream: ByteStream): void {
    this.stream = stream;
    this.held = NO_OCTETS;
    this.waiting = 'nothing';
    stream.handler = this;
    if (this.hosts === null) this.resolve();
    else this.greet();
  }

  cancel(): void {
    this.canceled = true;
    this.leave();
  }

  late(): null {
    return null;
  }

  private get old(): boolean {
    const { scheme } = this.task.proxy;
    return scheme === 'socks4' || scheme === 'socks4a';
  }

  /** The proxy takes no names. */
  private resolve(): void {
    let here = true;
    const takeBack = this.task.resolver.resolve(this.task.host, (problem, addresses) => {
      here = false;
      this.takeBack = null;
      if (problem !== null) return this.fail(problem);
      const fitting = this.old ? addresses.filter(({ family }) => family === 4) : addresses;
      // where none fits the rule says why
      this.hosts = (fitting.length === 0 ? addresses : fitting).slice(0, MOST_ADDRESSES).map(({ address }) => address);
      this.greet();
    });
    if (here) this.takeBack = takeBack;
  }

  private greet(): void {
    const { authority, proxy, asker, port } = this.task;
    if (this.old)
      return this.say(socks4Connect(this.hosts![0]!, port, proxy.user, proxy.scheme === 'socks4a'), 'reply of SOCKS 4');
    this.credentials ??= authority.known(proxy, asker);
    this.say(socks5Greeting(this.method), 'method');
  }

  private get method(): Socks5Method {
    return this.credentials === null ? 'none' : 'credentials';
  }

  private say(octets: Buffer | ProxyFault, waiting: Waiting): void {
    if (octets instanceof ProxyFault) return this.refused(octets);
    this.waiting = waiting;
    this.stream!.write(octets);
  }

  // StreamHandler

  bytes(memory: Buffer, size: number): void {
    if (this.stream === null) return;
    this.task.events.heard();
    this.held = Buffer.concat([this.held, memory.subarray(0, size)]);
    while (this.stream !== null && this.waiting !== 'nothing') {
      const reading = this.read();
      if (reading === 'incomplete') return;
      if (reading instanceof ProxyFault) return this.refused(reading);
      this.held = this.held.subarray(reading.size);
      this.went();
    }
  }

  ended(): void {
    this.closed();
  }

  closed(): void {
    if (this.stream !== null) this.fail(tunnelFailure(closedEarly(), this.task.proxy, this.target));
  }

  private read(): SocksReading<unknown> {
    switch (this.waiting) {
      case 'method':
        return readSocks5Method(this.held, this.method);
      case 'acceptance':
        return readSocks5Acceptance(this.held);
      case 'reply':
        return readSocks5Reply(this.held, this.hosts![0]!);
      default:
        return readSocks4Reply(this.held);
    }
  }

  /** What was waited for has come, and it is good. */
  private went(): void {
    const { authority, proxy, asker, port } = this.task;
    const { credentials } = this;
    if (this.waiting === 'method' && credentials !== null) {
      this.say(socks5Credentials(credentials.user, credentials.password), 'acceptance');
    } else if (this.waiting === 'method' || this.waiting === 'acceptance') {
      if (credentials !== null) authority.learned(proxy, credentials, asker);
      this.say(socks5Connect(this.hosts![0]!, port), 'reply');
    } else this.passed();
  }

  private passed(): void {
    const stream = this.stream!;
    this.stream = null;
    stream.handOver(this.held.length === 0 ? null : this.held);
    this.held = NO_OCTETS;
    this.task.events.opened(stream);
  }

  private refused(fault: ProxyFault): void {
    if (fault.kind === 'proxy-authentication' && !this.old) return this.consult(fault);
    // another address may do better; a proxy that closes or is misunderstood will not
    const replied = this.waiting === 'reply' || this.waiting === 'reply of SOCKS 4';
    if (replied && this.hosts!.length > 1) {
      this.hosts!.shift();
      this.leave();
      this.task.events.again();
    } else this.fail(tunnelFailure(fault, this.task.proxy, this.target));
  }

  /** Nobody is let in like this; a proxy that has said so closes. */
  private consult(fault: ProxyFault): void {
    const { authority, proxy, asker, events } = this.task;
    this.leave();
    if (!events.asking()) return this.fail(tunnelFailure(fault, proxy, this.target));
    let here = true;
    const takeBack = authority.askFor(proxy, this.credentials, asker, (credentials) => {
      here = false;
      this.takeBack = null;
      if (this.canceled) return;
      events.asked();
      this.credentials = credentials;
      if (credentials === null) this.fail(tunnelFailure(fault, proxy, this.target));
      else events.again();
    });
    // who is asked may give up the dial
    if (this.canceled) takeBack();
    else if (here) this.takeBack = takeBack;
  }

  private leave(): void {
    this.takeBack?.();
    this.takeBack = null;
    const { stream } = this;
    this.stream = null;
    stream?.destroy();
  }

  private fail(problem: Failure): void {
    this.leave();
    this.task.events.failed(problem);
  }
}
