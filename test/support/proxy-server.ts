import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { Listening } from './listening.ts';
import { Octets } from './octets.ts';

/** What a proxy says in the place of what it should. */
export interface Fault {
  readonly write?: string | Buffer;
  /** Then; by default it waits for more. */
  readonly end?: 'close' | 'reset' | 'hang';
  /** Once more and again, as fast as it is taken. */
  readonly endless?: string | Buffer;
}

/** One thing asked of an HTTP proxy. */
export interface Asked {
  /** Of all, from 1. */
  readonly number: number;
  readonly connection: number;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The value of Proxy-Authorization, '' when there is none. */
  readonly authorization: string;
}

/** One way asked for of a SOCKS proxy, as far as it came. */
export interface Wanted {
  readonly connection: number;
  readonly version: number;
  methods: number[];
  user: string;
  password: string;
  /** 1 = a connection; with SOCKS 5. */
  command: number;
  addressType: number;
  host: string;
  port: number;
}

export interface HttpProxyScript {
  readonly tls?: TlsOptions;
  /** What is said in the place of a tunnel, or of the answer to a request in absolute form; undefined = what should be. */
  readonly answer?: (asked: Asked) => Fault | undefined;
  /** Where a tunnel leads, the port that was asked for unless it says so. */
  readonly leads?: (asked: Asked) => number;
  /** Goes out together with the answer that opens a tunnel. */
  readonly glue?: string;
}

export interface SocksProxyScript {
  /** The user names and passwords that are wanted; without any nobody is asked. */
  readonly users?: Readonly<Record<string, string>>;
  readonly method?: (wanted: Wanted) => Fault | undefined;
  readonly acceptance?: (wanted: Wanted) => Fault | undefined;
  readonly reply?: (wanted: Wanted) => Fault | undefined;
  /** Goes out together with the reply that opens a tunnel. */
  readonly glue?: string;
}

/** What both kinds have in common: a server that opens ways to loopback whatever the name. */
abstract class ProxyServer extends Listening {
  protected readonly server: Server;
  /** Connections so far. */
  accepted = 0;
  /** What each of them has agreed on, with TLS. */
  readonly secured: { readonly alpn: string | false | null; readonly resumed: boolean }[] = [];

  constructor(tls: TlsOptions | null) {
    super();
    this.server = tls === null ? createServer() : createTlsServer(tls);
    this.server.on('connection', (socket: Socket) => this.accept(socket));
    this.server.on('tlsClientError', () => {});
    this.server.on(tls === null ? 'connection' : 'secureConnection', (socket: Duplex) => {
      const number = ++this.accepted;
      if (socket instanceof TLSSocket) this.secured.push({ alpn: socket.alpnProtocol, resumed: socket.isSessionReused() });
      socket.on('error', () => {});
      this.serve(socket, number).catch(() => socket.destroy());
    });
  }

  protected abstract serve(socket: Duplex, connection: number): Promise<void>;

  /** Says something else. False = that was the end of the connection. */
  protected async misbehave(socket: Duplex, { write, end, endless }: Fault): Promise<boolean> {
    if (write !== undefined) socket.write(write);
    while (endless !== undefined) {
      if (socket.destroyed) throw new Error('the client has left');
      if (!socket.write(endless)) await new Promise<void>((go) => socket.once('drain', go).once('close', () => go()));
    }
    if (end === 'close') socket.end();
    else if (end === 'reset') (socket as Socket).resetAndDestroy();
    return end === undefined;
  }

  protected tunnel(socket: Duplex, octets: Octets, port: number, opening: Buffer | string, refusal: Buffer | string): void {
    const target = connectTcp(port, '127.0.0.1', () => {
      socket.write(opening);
      target.write(octets.leave());
      socket.pipe(target).pipe(socket);
    });
    this.sockets.add(target);
    target.on('close', () => this.sockets.delete(target));
    target.on('error', () => (target.connecting ? socket.destroy() : socket.end(refusal)));
    socket.on('close', () => target.destroy());
  }
}

class HttpProxyServer extends ProxyServer {
  readonly requests: Asked[] = [];
  private readonly script: HttpProxyScript;

  constructor(script: HttpProxyScript) {
    super(script.tls ?? null);
    this.script = script;
  }

  protected async serve(socket: Duplex, connection: number): Promise<void> {
    const octets = new Octets(socket);
    for (;;) {
      const head = this.read((await octets.line('\r\n\r\n')).toString('latin1'), connection);
      const body = await octets.take(Number(head.headers.find(([name]) => name === 'Content-Length')?.[1] ?? 0));
      const asked = { ...head, body };
      this.requests.push(asked);
      const fault = this.script.answer?.(asked);
      if (fault !== undefined) {
        if (await this.misbehave(socket, fault)) continue;
        return;
      }
      if (asked.method === 'CONNECT') {
        const opening = `HTTP/1.1 200 Connection established\r\n\r\n${this.script.glue ?? ''}`;
        return this.tunnel(
          socket,
          octets,
          this.script.leads?.(asked) ?? portOf(asked.target),
          opening,
          'HTTP/1.1 503 Nobody there\r\nContent-Length: 0\r\n\r\n',
        );
      }
      const page = `the proxy's ${asked.method} ${asked.target}`;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
    }
  }

  private read(text: string, connection: number): Omit<Asked, 'body'> {
    const [first, ...lines] = text.trimEnd().split('\r\n');
    const [method = '', target = '', version = ''] = first!.split(' ');
    const headers = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
    const authorization = headers.find(([name]) => name === 'Proxy-Authorization')?.[1] ?? '';
    return { number: this.requests.length + 1, connection, method, target, version, headers, authorization };
  }
}

class SocksProxyServer extends ProxyServer {
  readonly requests: Wanted[] = [];
  private readonly script: SocksProxyScript;

  constructor(script: SocksProxyScript) {
    super(null);
    this.script = script;
  }

  protected async serve(socket: Duplex, connection: number): Promise<void> {
    const octets = new Octets(socket);
    const [version = 0] = await octets.take(1);
    const wanted = { connection, version, methods: [], user: '', password: '', command: 0, addressType: 0, host: '', port: 0 };
    this.requests.push(wanted);
    if (version === 4) await this.serve4(socket, octets, wanted);
    else await this.serve5(socket, octets, wanted);
  }

  private async serve4(socket: Duplex, octets: Octets, wanted: Wanted): Promise<void> {
    const head = await octets.take(7);
    wanted.port = head.readUInt16BE(1);
    wanted.host = [...head.subarray(3)].join('.');
    wanted.user = (await octets.line(0)).subarray(0, -1).toString();
    if (wanted.host === '0.0.0.1') wanted.host = (await octets.line(0)).subarray(0, -1).toString();
    const fault = this.script.reply?.(wanted);
    if (fault !== undefined) return void (await this.misbehave(socket, fault));
    this.lead(socket, octets, wanted, [0, 90, 0, 0, 0, 0, 0, 0], [0, 91, 0, 0, 0, 0, 0, 0]);
  }

  private async serve5(socket: Duplex, octets: Octets, wanted: Wanted): Promise<void> {
    const { users, method, acceptance, reply } = this.script;
    wanted.methods = [...(await octets.take((await octets.take(1))[0]!))];
    const chosen = users === undefined ? 0 : 2;
    const methodFault = method?.(wanted);
    if (methodFault !== undefined) return void (await this.misbehave(socket, methodFault));
    if (!wanted.methods.includes(chosen)) return void socket.end(Buffer.from([5, 255]));
    socket.write(Buffer.from([5, chosen]));
    if (users !== undefined) {
      wanted.user = (await octets.take((await octets.take(2))[1]!)).toString();
      wanted.password = (await octets.take((await octets.take(1))[0]!)).toString();
      const fault = acceptance?.(wanted);
      if (fault !== undefined) return void (await this.misbehave(socket, fault));
      if (users[wanted.user] !== wanted.password) return void socket.end(Buffer.from([1, 1]));
      socket.write(Buffer.from([1, 0]));
    }
    const [, command, , type] = await octets.take(4);
    wanted.command = command!;
    wanted.addressType = type!;
    const size = type === 3 ? (await octets.take(1))[0]! : type === 4 ? 16 : 4;
    const address = await octets.take(size);
    wanted.host = type === 3 ? address.toString() : type === 4 ? address.toString('hex') : [...address].join('.');
    wanted.port = (await octets.take(2)).readUInt16BE(0);
    const fault = reply?.(wanted);
    if (fault !== undefined) return void (await this.misbehave(socket, fault));
    this.lead(socket, octets, wanted, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]);
  }

  private lead(socket: Duplex, octets: Octets, { port }: Wanted, good: number[], bad: number[]): void {
    const opening = Buffer.concat([Buffer.from(good), Buffer.from(this.script.glue ?? '', 'latin1')]);
    this.tunnel(socket, octets, port, opening, Buffer.from(bad));
  }
}

function portOf(target: string): number {
  return Number(target.slice(target.lastIndexOf(':') + 1));
}

/** An HTTP proxy on a port of its own. */
export async function httpProxy(script: HttpProxyScript = {}): Promise<HttpProxyServer> {
  const server = new HttpProxyServer(script);
  await server.listen();
  return server;
}

/** A SOCKS proxy, of both versions, on a port of its own. */
export async function socksProxy(script: SocksProxyScript = {}): Promise<SocksProxyServer> {
  const server = new SocksProxyServer(script);
  await server.listen();
  return server;
}
