// A server in a thread of its own: it reads a request until it is told a text; then it says that and resets the connection,
// while the thread that told it may stand still: `Atomics.wait` on the shared number ends when both are on their way.
import { createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';

const { shared, identity } = workerData;
const done = new Int32Array(shared);
let refuse = () => {};

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  const stream = identity === null ? socket : new TLSSocket(socket, { isServer: true, ...identity });
  stream.on('error', () => {});
  stream.resume();
  stream.once('data', () => {
    refuse = (text) => {
      stream.write(text, () => {
        socket._final = (close) => close();
        socket.resetAndDestroy();
        Atomics.store(done, 0, 1);
        Atomics.notify(done, 0);
      });
    };
    parentPort.postMessage('reading');
  });
});
parentPort.on('message', (text) => refuse(text));
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
