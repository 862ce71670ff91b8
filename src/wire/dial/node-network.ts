import net from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Binding } from '../../contract/access.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';
import { Handshake } from './handshake.ts';
import { leavingFrom } from './local-addresses.ts';
import type { Address, ConnectOptions, Network, SecureOptions, Step } from './network.ts';
import { localSocketFailure, lookupFailure, socketFailure } from './socket-failure.ts';
import { type ReadMemory, SocketStream } from './socket-stream.ts';
import { secureOver, TlsStream } from './tls.ts';

/** A head seldom needs more; what of a body comes with it is copied once. */
const NARROW_BYTES = 16_384;
const WIDE_BYTES = 65_536;

/**
 * One memory for all sockets: the loop reads one socket at a time and the bytes are used before the next read. On Windows reads are
 * posted ahead, so there every socket has its own.
 */
let shared: ReadMemory | null = null;
function readMemory(): ReadMemory {
  if (process.platform === 'win32') return newMemory();
  shared ??= newMemory();
  return shared;
}

function newMemory(): ReadMemory {
  return { narrow: Buffer.allocUnsafeSlow(NARROW_BYTES), wide: Buffer.allocUnsafeSlow(WIDE_BYTES) };
}

type Connected = (problem: Failure | null, stream: ByteStream | null) => void;

/** The network of this machine. */
export const nodeNetwork: Network = {
  family: (host) => net.isIP(host) as 0 | 4 | 6,

  lookup(host, done) {
    // dns.lookup reads /etc/hosts and the system's resolver, as every other program on the machine does
    process.getBuiltinModule('node:dns').lookup(host, { all: true, verbatim: true }, (error, addresses) => {
      if (error !== null) done(lookupFailure(error, host), []);
      else if (addresses.length === 0) done(failure('not-found', 'resolve', `host ${host} not found: it has no address`), []);
      else done(null, addresses as Address[]);
    });
  },

  connect(to, options, done) {
    if (options.layered === true) return connectRaw(to, options, done);
    if (options.secure === null) return connectPlain(to, options, done);
    const begun = connectSecure(to, options, options.secure, done);
    // what OpenSSL does not take is told in its turn, by `secure`
    return begun ?? connectRaw(to, options, done);
  },

  connectLocal(path, done) {
    const reading = new Reading();
    const socket = new net.Socket({ onread: reading, allowHalfOpen: true } as unknown as net.SocketConstructorOpts);
    socket.connect({ path });
    const failed = (error: Error): void => done(localSocketFailure(error, path), null);
    return awaiting(socket, failed, () => done(null, reading.into(new SocketStream(socket, null, reading.memory))));
  },

  secure(lower, options, done) {
    if (lower instanceof TlsStream) return lower.finish(done);
    return secureOver((lower as SocketStream).bare(), options, done);
  },
};

function connectPlain(to: Address, options: ConnectOptions, done: Connected): Step {
  const reading = new Reading();
  const socket = new net.Socket({ onread: reading, allowHalfOpen: true } as unknown as net.SocketConstructorOpts);
  open(socket, to, options);
  return connecting(socket, to, options, done, () => reading.into(new SocketStream(socket, null, reading.memory)));
}

/** TLS opens its connection by itself, because only then it reads into memory of ours. Null when it cannot be begun. */
function connectSecure(to: Address, options: ConnectOptions, secure: SecureOptions, done: Connected): Step | null {
  const reading = new Reading();
  const handshake = new Handshake(secure);
  const { address: host, family } = to;
  let socket: TLSSocket;
  try {
    socket = handshake.start({ host, port: options.port, family, onread: reading, ...leaving(to, options.local) });
  } catch {
    return null;
  }
  const wrap = (): ByteStream => reading.into(new TlsStream(socket, handshake, reading.memory));
  const step = connecting(
    socket,
    to,
    options,
    (problem, stream) => {
      if (problem !== null) handshake.neverBegan();
      done(problem, stream);
    },
    wrap,
  );
  return {
    cancel() {
      handshake.neverBegan();
      step.cancel();
    },
  };
}

/** How a socket reads into memory of ours: what Node.js calls `onread`. */
class Reading {
  readonly memory = readMemory();
  private stream: SocketStream | null = null;

  into(stream: SocketStream): SocketStream {
    this.stream = stream;
    return stream;
  }

  /** Asked once for the beginning and then after every read. */
  readonly buffer = (): Buffer | undefined => (this.stream === null ? this.memory.narrow : this.stream.nextMemory());

  readonly callback = (size: number, bytes: Buffer): boolean => {
    this.stream?.arrived(bytes, size);
    return true;
  };
}

/** Nothing may read from it before TLS does. */
function connectRaw(to: Address, options: ConnectOptions, done: Connected): Step {
  const socket = new net.Socket();
  open(socket, to, options);
  return connecting(socket, to, options, done, () => new SocketStream(socket, null, null));
}

function open(socket: net.Socket, to: Address, { port, local }: ConnectOptions): void {
  socket.connect({ host: to.address, port, family: to.family, ...leaving(to, local) });
}

function leaving(to: Address, local: Binding | null): { localAddress?: string } {
  const localAddress = leavingFrom(local, to);
  return localAddress === '' ? {} : { localAddress };
}

function connecting(socket: net.Socket, to: Address, options: ConnectOptions, done: Connected, wrap: () => ByteStream): Step {
  const { port, probes } = options;
  const failed = (error: Error): void => done(socketFailure(error, 'connect', `${to.address} port ${port}`), null);
  return awaiting(socket, failed, () => {
    socket.setNoDelay(true);
    // Node offers no call for the interval and the count of the probes
    socket.setKeepAlive(true, (probes === null || probes.idle === 0 ? 60 : probes.idle) * 1000);
    done(null, wrap());
  });
}

/** One of the two is told when it is settled. */
function awaiting(socket: net.Socket, lost: (error: Error) => void, won: () => void): Step {
  const failed = (error: Error): void => {
    socket.removeListener('connect', connected);
    socket.on('error', ignore);
    socket.destroy();
    lost(error);
  };
  const connected = (): void => {
    socket.removeListener('error', failed);
    won();
  };
  socket.once('connect', connected);
  socket.once('error', failed);
  return {
    cancel() {
      socket.removeListener('connect', connected);
      socket.removeListener('error', failed);
      socket.on('error', ignore);
      socket.destroy();
    },
  };
}

function ignore(): void {}
