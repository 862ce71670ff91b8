import net from 'node:net';
import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { Address, ConnectOptions, Network, Step } from './network.ts';
import { lookupFailure, socketFailure } from './socket-failure.ts';
import { type ReadMemory, SocketStream } from './socket-stream.ts';
import { secureOver } from './tls.ts';

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
    return options.forTls ? connectRaw(to, options, done) : connectPlain(to, options, done);
  },

  secure(lower, options, done) {
    return secureOver((lower as SocketStream).socket, options, done);
  },
};

function connectPlain(to: Address, options: ConnectOptions, done: Connected): Step {
  let stream: SocketStream | null = null;
  const memory = readMemory();
  const onread = {
    // asked once for the beginning and then after every read
    buffer: () => (stream === null ? memory.narrow : stream.nextMemory()),
    callback(size: number, bytes: Buffer): boolean {
      stream?.arrived(bytes, size);
      return true;
    },
  };
  const socket = new net.Socket({ onread, allowHalfOpen: true } as unknown as net.SocketConstructorOpts);
  const wrap = (): ByteStream => {
    stream = new SocketStream(socket, null, memory);
    return stream;
  };
  return connecting(socket, to, options, done, wrap);
}

function connectRaw(to: Address, options: ConnectOptions, done: Connected): Step {
  const socket = new net.Socket();
  return connecting(socket, to, options, done, () => new LowerStream(socket) as unknown as ByteStream);
}

/** A socket that TLS will be laid over: nothing may read from it before. */
class LowerStream {
  readonly socket: net.Socket;
  constructor(socket: net.Socket) {
    this.socket = socket;
  }
  destroy(): void {
    this.socket.destroy();
  }
}

function connecting(socket: net.Socket, to: Address, options: ConnectOptions, done: Connected, wrap: () => ByteStream): Step {
  const { port, probes } = options;
  const failed = (error: Error): void => {
    socket.removeListener('connect', connected);
    socket.on('error', ignore);
    socket.destroy();
    done(socketFailure(error, 'connect', `${to.address} port ${port}`), null);
  };
  const connected = (): void => {
    socket.removeListener('error', failed);
    socket.setNoDelay(true);
    // Node offers no call for the interval and the count of the probes
    socket.setKeepAlive(true, (probes === null || probes.idle === 0 ? 60 : probes.idle) * 1000);
    done(null, wrap());
  };
  socket.once('connect', connected);
  socket.once('error', failed);
  socket.connect({ host: to.address, port, family: to.family });
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
