import type net from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';
import { Handshake } from './handshake.ts';
import type { SecureOptions, Step } from './network.ts';
import { tlsFailure } from './socket-failure.ts';
import { type ReadMemory, SocketStream } from './socket-stream.ts';

type Secured = (problem: Failure | null, stream: ByteStream | null) => void;

/** A connection that TLS has opened, and on which the handshake has begun by itself. */
export class TlsStream extends SocketStream {
  private readonly handshake: Handshake;

  constructor(socket: TLSSocket, handshake: Handshake, memory: ReadMemory) {
    super(socket, null, memory);
    this.handshake = handshake;
  }

  /** Waits for its end; then the stream has facts. */
  finish(done: Secured): Step {
    return finish(this.socket as TLSSocket, null, this.handshake, done, (info) => {
      this.secure = info;
      return this;
    });
  }
}

/** Lays TLS over a connected socket. What was found is in the stream's facts. */
export function secureOver(socket: net.Socket, options: SecureOptions, done: Secured): Step {
  const handshake = new Handshake(options);
  let secured: TLSSocket;
  try {
    secured = handshake.start({ socket });
  } catch (error) {
    return refusedByUs(socket, error as Error, done);
  }
  return finish(secured, socket, handshake, done, (info) => new SocketStream(secured, info, null));
}

function finish(
  secured: TLSSocket,
  lower: net.Socket | null,
  handshake: Handshake,
  done: Secured,
  made: (info: NonNullable<ByteStream['secure']>) => ByteStream,
): Step {
  const leave = (): void => {
    secured.removeListener('secureConnect', ready);
    secured.removeListener('error', failed);
    secured.removeListener('close', closed);
  };
  const drop = (): void => {
    leave();
    secured.on('error', ignore);
    // who is asked in the middle of the handshake may give it up, which OpenSSL would not survive
    if (handshake.asking) setImmediate(drop);
    else {
      secured.destroy();
      lower?.destroy();
    }
  };
  const failed = (error: Error): void => {
    handshake.failed();
    drop();
    done(tlsFailure(error, handshake.name), null);
  };
  const closed = (): void => failed(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
  const ready = (): void => {
    let info: NonNullable<ByteStream['secure']>;
    try {
      info = handshake.result(secured);
    } catch (error) {
      // what cannot be looked at is not trusted, and no reason to end the process
      return failed(error as Error);
    }
    leave();
    done(null, made(info));
  };
  secured.once('secureConnect', ready);
  secured.once('error', failed);
  secured.once('close', closed);
  return { cancel: drop };
}

/** OpenSSL does not take what was wished for: told later, as everything is. */
function refusedByUs(socket: net.Socket, error: Error, done: Secured): Step {
  const timer = setImmediate(() => {
    socket.destroy();
    const message = `the TLS configuration cannot be used: ${reasonOf(error)}`;
    done(failure('tls', 'tls', message, { cause: error }), null);
  });
  return {
    cancel() {
      clearImmediate(timer);
      socket.destroy();
    },
  };
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return 'the private key is not that of the local certificate';
    case 'ERR_SSL_NO_CIPHER_MATCH':
      return 'there are no such cipher suites';
    default:
      return `OpenSSL says ${code ?? message}`;
  }
}

function ignore(): void {}
