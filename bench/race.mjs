// The keep-alive race: a server closes a connection just as it is used again. No GET may be lost, no POST may arrive twice.
//   node bench/race.mjs [--count 900] [--seed 1]
// Six lanes, each with a connection of its own, send requests that bear a number. The server, another process, either closes its idle
// connections after a moment that the client aims at (the true race), or decides so as the request arrives, which is how the race looks when
// it is lost. It counts by number what arrived and what it answered. The last line sums up; code 1 when a rule was broken.
import { fork } from 'node:child_process';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from './lib/random.mjs';

/** Milliseconds for which the server keeps an idle connection. */
const KEEP_MS = 3;

if (process.argv[2] === 'server') serve();
else await race();

function serve() {
  const next = random(Number(process.argv[3]));
  const seen = new Map();
  const server = net.createServer({ noDelay: true }, (socket) => {
    let timer;
    let served = 0;
    let text = '';
    socket.on('error', () => {});
    socket.on('close', () => clearTimeout(timer));
    socket.on('data', (data) => {
      clearTimeout(timer);
      text += data.latin1Slice();
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/\r\nContent-Length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const id = /^\w+ \/(\S+)/.exec(text)[1];
      text = '';
      seen.set(id, (seen.get(id) ?? 0) + 1);
      // A kept connection that was to be closed just now: the request came too late.
      if (served > 0 && next() < 0.3) {
        if (next() < 0.5) socket.resetAndDestroy();
        else socket.destroy();
        return;
      }
      served++;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${id.length}\r\n\r\n${id}`);
      timer = setTimeout(() => (next() < 0.3 ? socket.resetAndDestroy() : socket.end()), KEEP_MS * (0.5 + next()));
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', () => process.send({ seen: [...seen] }));
  process.on('disconnect', () => process.exit(0));
}

async function race() {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '900' }, seed: { type: 'string', default: '1' } },
  });
  const count = Number(values.count);
  const next = random(Number(values.seed));
  const { QNetworkAccessManager } = await import('../dist/index.js');
  const child = fork(fileURLToPath(import.meta.url), ['server', values.seed], { execArgv: [] });
  const said = () => new Promise((resolve) => child.once('message', resolve));
  const { port } = await said();

  const manager = new QNetworkAccessManager();
  let resent = 0;
  manager.netlog((event) => {
    if (event.what === 'again') resent++;
  });
  const told = { gets: 0, lost: 0, posts: 0, answered: 0, doubtful: 0, unexplained: 0 };

  async function one(lane, number) {
    const post = number % 3 === 0;
    const id = `${post ? 'post' : 'get'}-${number}`;
    const url = `http://127.0.0.1:${port}/${id}`;
    const options = { partition: `lane ${lane}`, timeout: 10_000 };
    const reply = post ? manager.post(url, 'body', options) : manager.get(url, options);
    await reply.whenFinished();
    const answered = reply.error() === 0 && reply.readAll().toString() === id;
    if (!post) {
      told.gets++;
      if (!answered) told.lost++;
    } else {
      told.posts++;
      if (answered) told.answered++;
      else if (reply.failure()?.maybeProcessed === true) told.doubtful++;
      else told.unexplained++;
    }
    reply.deleteLater();
  }

  let number = 0;
  async function lane(name) {
    while (number < count) {
      await one(name, number++);
      // now and then at once, else about when the server closes
      if (next() < 0.2) continue;
      const until = performance.now() + KEEP_MS * (0.4 + 1.2 * next());
      await new Promise((go) => setTimeout(go, Math.max(0, until - performance.now() - 1)));
      while (performance.now() < until) await new Promise((go) => setImmediate(go));
    }
  }
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(lane));

  child.send('count');
  const { seen } = await said();
  child.disconnect();
  await manager.close();
  const twice = seen.filter(([id, times]) => id.startsWith('post') && times > 1).length;
  if (told.unexplained > 0) console.log(`${told.unexplained} POSTs failed without saying that they may have been processed`);
  process.exitCode = told.lost === 0 && twice === 0 && told.unexplained === 0 && told.gets + told.posts === count ? 0 : 1;
  console.log(
    `${count} requests, ${resent} resent: ${told.gets} GETs, ${told.lost} lost; ${told.posts} POSTs, ${told.answered} answered, ${told.doubtful} maybe processed, ${twice} sent twice`,
  );
}
