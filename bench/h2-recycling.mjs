// Servers of HTTP/2 that keep ending their connections: no request may be lost, no POST may be processed twice. Needs dist/.
//   node bench/h2-recycling.mjs [--gets 10000] [--posts 1000] [--server nginx,goaway] [--seed 1]
// `nginx` ends a connection after 50 requests (skipped when it is not installed). `goaway` is node:http2 in another process, which at
// random says GOAWAY and refuses the streams that still come, or refuses one in between. Both count by number what they processed.
// The last word of each line is the verdict; code 1 when a rule was broken.
import { fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from './lib/random.mjs';

const certificate = (name) => readFileSync(new URL(`../test/support/certs/${name}.pem`, import.meta.url));

const REFUSED_STREAM = 7;

if (process.argv[2] === 'goaway') sayGoaway(Number(process.argv[3]));
else await main();

// ---- the servers

function sayGoaway(seed) {
  const next = random(seed);
  const processed = new Map();
  let connections = 0;
  const server = createSecureServer({ key: certificate('good-key'), cert: certificate('good') });
  server.on('session', (session) => {
    connections++;
    let left = 1 + Math.floor(next() * 100);
    session.on('error', () => {});
    session.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      // Closing a stream or a session while it reads, or naming a stream before the last, are things that node:http2 does not survive.
      if (left === 0 || next() < 0.01) return setImmediate(() => stream.close(REFUSED_STREAM));
      if (--left === 0) setImmediate(() => session.destroyed || session.close());
      const path = headers[':path'];
      processed.set(path, (processed.get(path) ?? 0) + 1);
      // it takes a moment, so that others are under way when the connection ends
      setTimeout(() => {
        if (stream.destroyed) return;
        stream.respond({ ':status': 200 });
        stream.end(path);
      }, next() * 3);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', () => process.send({ processed: [...processed], connections }));
  process.on('disconnect', () => process.exit(0));
}

async function startGoaway(seed) {
  const child = fork(fileURLToPath(import.meta.url), ['goaway', String(seed)], { execArgv: [] });
  const said = () => new Promise((resolve) => child.once('message', resolve));
  const { port } = await said();
  return {
    port,
    async stop() {
      child.send('count');
      const counts = await said();
      child.disconnect();
      return { ...counts, processed: new Map(counts.processed) };
    },
  };
}

async function startNginx() {
  const program = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin']
    .map((one) => join(one, 'nginx'))
    .find(existsSync);
  if (program === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'qnetwork-recycling-'));
  for (const [name, pem] of [
    ['key', 'good-key'],
    ['cert', 'good'],
  ])
    writeFileSync(join(folder, `${name}.pem`), certificate(pem));
  const port = await freePort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr;
    events { worker_connections 256; }
    http {
      log_format told '$connection $request_uri $status';
      access_log ${folder}/access.log told;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      server {
        listen 127.0.0.1:${port} ssl http2;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate ${folder}/cert.pem;
        ssl_certificate_key ${folder}/key.pem;
        keepalive_requests 50;
        location / { return 200 "$request_uri"; }
      }
    }`,
  );
  const child = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const over = new Promise((resolve) => child.on('close', resolve));
  while (child.exitCode === null && !(await accepts(port)));
  return {
    port,
    async stop() {
      // in order: what it has begun it ends, and writes down
      child.kill('SIGQUIT');
      await over;
      const lines = readFileSync(join(folder, 'access.log'), 'utf8').trim().split('\n');
      rmSync(folder, { recursive: true, force: true });
      const processed = new Map();
      const connections = new Set();
      for (const line of lines) {
        const [connection, path, status] = line.split(' ');
        connections.add(connection);
        if (status === '200') processed.set(path, (processed.get(path) ?? 0) + 1);
      }
      return { processed, connections: connections.size };
    },
  };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (does) => () => {
      socket.destroy();
      setTimeout(resolve, does ? 0 : 2, does);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });
}

// ---- the client

async function main() {
  const { values } = parseArgs({
    options: {
      gets: { type: 'string', default: '10000' },
      posts: { type: 'string', default: '1000' },
      server: { type: 'string', default: 'nginx,goaway' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [gets, posts, seed] = [Number(values.gets), Number(values.posts), Number(values.seed)];
  for (const name of values.server.split(',')) {
    const server = name === 'nginx' ? await startNginx() : await startGoaway(seed);
    if (server === null) console.log(`${name}: not installed`);
    else await recycle(name, server, gets, posts);
  }
}

async function recycle(name, server, gets, posts) {
  const { QNetworkAccessManager, QNetworkRequest, QSslCertificate, QSslConfiguration } = await import('../dist/index.js');
  const tls = new QSslConfiguration();
  tls.setCaCertificates([new QSslCertificate(certificate('ca'))]);
  const manager = new QNetworkAccessManager();
  let resent = 0;
  manager.netlog(({ what }) => {
    if (what === 'again') resent++;
  });
  const told = { lost: 0, postsLost: 0, doubtful: 0, older: 0 };
  const why = new Map();

  async function one(number, post) {
    const path = `/${post ? 'post' : 'get'}/${number}`;
    const request = new QNetworkRequest(`https://127.0.0.1:${server.port}${path}`);
    request.setSslConfiguration(tls);
    const reply = post ? manager.post(request, `body ${number}`) : manager.get(request);
    await reply.whenFinished();
    if (reply.attribute(QNetworkRequest.Attribute.Http2WasUsedAttribute) !== true) told.older++;
    if (reply.error() !== 0 || reply.readAll().toString() !== path) {
      if (!post) told.lost++;
      else if (reply.failure()?.maybeProcessed === true) told.doubtful++;
      else told.postsLost++;
      const text = reply.errorString().replace(/ \[.*/, '');
      why.set(text, (why.get(text) ?? 0) + 1);
    }
    reply.deleteLater();
  }

  const start = performance.now();
  const count = gets + posts;
  await Promise.all(
    Array.from({ length: count }, (_, n) => one(n, Math.floor((n * posts) / count) !== Math.floor(((n + 1) * posts) / count))),
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  await manager.close();
  const { processed, connections } = await server.stop();
  const twice = [...processed].filter(([path, times]) => path.startsWith('/post') && times > 1).length;
  const good = told.lost + told.postsLost + told.doubtful + told.older + twice === 0;
  if (!good) process.exitCode = 1;
  for (const [text, times] of why) console.log(`${name}: ${times} × ${text}`);
  if (told.older > 0) console.log(`${name}: ${told.older} answers did not come over HTTP/2`);
  console.log(
    `${name}: ${gets} GETs, ${told.lost} lost; ${posts} POSTs, ${told.postsLost} lost, ${told.doubtful} maybe processed, ${twice} processed twice; ` +
      `${resent} resent, ${connections} connections, ${seconds} s: ${good ? 'good' : 'BAD'}`,
  );
}
