import type { ByteStream } from '../../contract/stream.ts';
import type { Connection } from './connection.ts';
import type { PeerStream } from './peer-stream.ts';
import type { Listener, Place } from './services.ts';
import { greetSocks } from './socks.ts';
import { answerHello, type TestTls } from './tls.ts';

/** A proxy of a network. It reaches whom the network has, by name or address. */
export interface TestProxy extends TestTls {
  /** `name:password` that it wants (Basic, or RFC 1929 for SOCKS). Default: everybody may use it. */
  readonly user?: string;
  /** It says no to everything: with this status, or for SOCKS with the reply of this number. Default: it opens the way. */
  readonly refuses?: number;
}

/** How a proxy reaches others. */
export interface Beyond {
  /** Told once: the connection stands (in the place of null), or why not. */
  reach(host: string, port: number, by: Place, done: (stream: ByteStream | null, why: string) => void): void;
}

const MOST_HEAD = 65_536;
const HEAD_END = '\r\n\r\n';

/** A proxy that listens: for CONNECT and for requests in absolute form, or for SOCKS. */
export class ProxyListener implements Listener {
  private readonly place: Place;
  private readonly settings: TestProxy;
  private readonly beyond: Beyond;

  constructor(place: Place, settings: TestProxy, beyond: Beyond) {
    this.place = place;
    this.settings = settings;
    this.beyond = beyond;
  }

  accept(connection: Connection): void {
    const { place, settings } = this;
    const names = settings.names ?? [place.host];
    if (place.scheme === 'http') this.hear(connection.peer);
    else if (place.scheme === 'https')
      answerHello(
        connection,
        () => ({ ...settings, names, protocols: ['http/1.1'] }),
        () => this.hear(connection.peer),
      );
    else
      greetSocks(connection.peer, settings, (host, port, answer) =>
        this.beyond.reach(host, port, place, (stream, why) => {
          answer(stream === null ? why : '');
          if (stream !== null) join(connection.peer, stream, null);
        }),
      );
  }

  /** Waits for the head of a request. */
  private hear(peer: PeerStream): void {
    let heard: Buffer = Buffer.alloc(0);
    const hear = (chunk: Buffer): void => {
      heard = Buffer.concat([heard, chunk]);
      const end = heard.indexOf(HEAD_END);
      if (end < 0) {
        if (heard.length > MOST_HEAD) peer.destroy();
        return;
      }
      peer.off('data', hear);
      peer.pause();
      this.answer(peer, heard.toString('latin1', 0, end), heard.subarray(end + HEAD_END.length));
    };
    peer.on('data', hear);
    peer.resume();
    peer.once('end', () => peer.listenerCount('data') > 0 && peer.end());
  }

  private answer(peer: PeerStream, head: string, rest: Buffer): void {
    const [line = '', ...fields] = head.split('\r\n');
    const [method = '', target = '', version = 'HTTP/1.1'] = line.split(' ');
    const { user, refuses } = this.settings;
    if (user !== undefined && !fields.some((field) => isProof(field, user))) return this.wantsProof(peer, method, fields, rest);
    if (refuses !== undefined) return say(peer, refuses, 'the proxy says no');
    const tunnel = method === 'CONNECT';
    const to = readTarget(tunnel ? `http://${target}` : target);
    if (to === null) return say(peer, 400, `no way to ${target}`);
    this.beyond.reach(to.host, to.port, this.place, (stream, why) => {
      if (peer.destroyed) stream?.destroy();
      else if (stream === null) say(peer, why.includes('timeout') ? 504 : 502, why);
      else if (tunnel) {
        peer.write(`${version} 200 Connection established${HEAD_END}`);
        join(peer, stream, rest);
      } else {
        // one request a connection: what follows may be for somebody else
        const kept = fields.filter((field) => !/^(?:proxy-[a-z]+|connection|keep-alive):/i.test(field));
        stream.writeText([`${method} ${to.path} ${version}`, ...kept, 'Connection: close', '', ''].join('\r\n'));
        join(peer, stream, rest);
      }
    });
  }

  /** 407; who asks again without a body may do so on the same connection. */
  private wantsProof(peer: PeerStream, method: string, fields: readonly string[], rest: Buffer): void {
    const hasBody = fields.some((field) => /^(?:content-length: *[1-9]|transfer-encoding:)/i.test(field));
    const keep = !hasBody || method === 'CONNECT';
    const lines = ['Proxy-Authenticate: Basic realm="test"', 'Content-Length: 0', ...(keep ? [] : ['Connection: close'])];
    peer.write(`HTTP/1.1 407 Proxy Authentication Required\r\n${lines.join('\r\n')}${HEAD_END}`);
    if (!keep) return void peer.end();
    if (rest.length > 0) peer.unshift(rest);
    this.hear(peer);
  }
}

function isProof(field: string, user: string): boolean {
  const [, given] = /^proxy-authorization: *basic +(\S+)$/i.exec(field) ?? [];
  return given !== undefined && Buffer.from(given, 'base64').toString('utf8') === user;
}

function say(peer: PeerStream, status: number, page: string): void {
  peer.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: ${Buffer.byteLength(page)}\r\nConnection: close\r\n\r\n${page}`);
}

function readTarget(text: string): { host: string; port: number; path: string } | null {
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, pathname, search } = new URL(text);
  if (protocol !== 'http:') return null;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port), path: pathname + search };
}

/** Carries everything from one to the other, at the speed of the slower one. */
function join(peer: PeerStream, stream: ByteStream, rest: Buffer | null): void {
  stream.handler = {
    bytes(memory, size) {
      if (peer.write(Buffer.from(memory.subarray(0, size)))) return;
      stream.pause();
      peer.once('drain', () => stream.resume());
    },
    ended: () => void peer.end(),
    closed(problem) {
      if (problem === null) peer.end();
      else peer.reset();
    },
  };
  const pass = (chunk: Buffer): void => {
    peer.pause();
    stream.write(chunk, () => peer.resume());
  };
  if (rest !== null && rest.length > 0) peer.unshift(rest);
  peer.on('data', pass);
  peer.on('end', () => stream.end());
  peer.on('close', () => stream.destroy());
  peer.resume();
}
