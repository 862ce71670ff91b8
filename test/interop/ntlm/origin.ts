import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Minted } from '../../support/mint.ts';
import { NtlmAcceptor, SECRET } from './acceptor.mjs';

/** One request that came. */
export interface NtlmLine {
  /** Which connection it came on, from 1. */
  readonly connection: number;
  readonly method: string;
  readonly url: string;
  /** Bytes of its body. */
  readonly size: number;
  /** Of its Authorization: the type of the message, 0 = there was none. */
  readonly type: number;
  readonly status: number;
}

interface Guest {
  readonly number: number;
  acceptor: NtlmAcceptor;
  user: string;
}

/** An origin that lets in whom NTLMv2 has shown to be `alice` with the password `secret`, and lets in the connection, as IIS does. */
export class NtlmOrigin implements AsyncDisposable {
  readonly log: NtlmLine[] = [];
  /** What it objected to, beside wrong passwords. */
  readonly objections: string[] = [];
  private readonly guests = new Map<Socket, Guest>();
  private readonly server: Server;
  private readonly identity: Minted | null;
  private readonly closes: boolean;
  private connections = 0;

  /** With an identity over TLS; `closes`: each connection serves one request, so that nobody ever comes in. */
  constructor(identity: Minted | null = null, closes = false) {
    this.identity = identity;
    this.closes = closes;
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      let size = 0;
      request.on('data', (data: Buffer) => {
        size += data.length;
      });
      request.on('end', () => this.answer(request, response, size));
    };
    this.server = identity === null ? createPlain(serve) : createSecure({ key: identity.keyPem, cert: identity.pem }, serve);
    this.server.on(identity === null ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.guests.set(socket, { number: ++this.connections, acceptor: this.acceptor(), user: '' });
      socket.on('error', () => {}).on('close', () => this.guests.delete(socket));
    });
  }

  private acceptor(): NtlmAcceptor {
    return new NtlmAcceptor({ alice: SECRET }, this.identity?.raw ?? null);
  }

  private answer(request: IncomingMessage, response: ServerResponse, size: number): void {
    const guest = this.guests.get(request.socket)!;
    const token = /^NTLM (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const message = Buffer.from(token, 'base64');
    const type = message.length < 12 ? 0 : message.readUInt32LE(8);
    let challenge = '';
    if (type !== 0) {
      guest.user = '';
      try {
        if (type === 1) {
          guest.acceptor = this.acceptor();
          challenge = ` ${guest.acceptor.challenge(message).toString('base64')}`;
        } else guest.user = guest.acceptor.accept(message) ?? '';
      } catch (problem) {
        this.objections.push((problem as Error).message);
      }
    }
    const status = guest.user === '' ? 401 : 200;
    this.log.push({ connection: guest.number, method: request.method!, url: request.url!, size, type, status });
    if (this.closes) response.setHeader('Connection', 'close');
    if (status === 401) response.writeHead(401, { 'WWW-Authenticate': `NTLM${challenge}` }).end('who are you?');
    else response.end(`${guest.user} ${request.method} ${size}`);
  }

  url(path: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `${this.identity === null ? 'http' : 'https'}://127.0.0.1:${port}${path}`;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}
