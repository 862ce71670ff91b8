import type net from 'node:net';

type Written = (error?: Error | null) => void;

/**
 * Holds back the failure of a write until what the peer had sent before was read. A server that refuses an upload answers and closes;
 * our bytes that it has not read make its system send a reset (RFC 9112 9.6), so the next write fails while the answer is here and
 * unread, and Node would destroy the socket with it.
 */
export class LastWords {
  on = false;
  /** Why a write failed. */
  problem: Error | null = null;
  private readonly socket: net.Socket;

  constructor(socket: net.Socket) {
    this.socket = socket;
    const { _write, _writev } = socket;
    socket._write = (chunk, encoding, done) => _write.call(socket, chunk, encoding, (error) => this.wrote(error, done));
    socket._writev = (chunks, done) => _writev!.call(socket, chunks, (error) => this.wrote(error, done));
  }

  private wrote(error: Error | null | undefined, done: Written): void {
    if (!this.on || error == null) return done(error);
    this.problem = error;
    this.listen();
  }

  /** What had arrived is read within the next round of the loop, and the rest of a long answer in those behind it. */
  private listen(): void {
    const { socket } = this;
    if (socket.destroyed) return;
    if (socket.isPaused()) {
      socket.once('resume', () => this.listen());
      return;
    }
    const before = socket.bytesRead;
    setImmediate(() =>
      setImmediate(() => {
        if (socket.bytesRead === before && !socket.isPaused()) socket.destroy(this.problem!);
        else this.listen();
      }),
    );
  }
}
