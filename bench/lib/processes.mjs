// Starting and talking to the processes that take part: the origin, the Node clients, native Qt.
import { execFileSync, fork, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export function has(program, ...args) {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** With taskset and a second core the origin keeps to the first one and the clients to the last. */
export const pinned = availableParallelism() > 1 && has('taskset', '--version');
const SERVER_CORE = '0';
const CLIENT_CORE = String(availableParallelism() - 1);

function pin(core, command, args) {
  return pinned ? ['taskset', ['-c', core, command, ...args]] : [command, args];
}

/** Who has signed the origin's certificate. */
const AUTHORITY = here('../../test/support/certs/ca.pem');

function forkPinned(core, script, args = []) {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1', NODE_EXTRA_CA_CERTS: AUTHORITY };
  const stdio = ['ignore', 'ignore', 'pipe', 'ipc'];
  if (!pinned) return fork(script, args, { env, stdio });
  return fork(script, args, { execPath: 'taskset', execArgv: ['-c', core, process.execPath], env, stdio });
}

/** A process that keeps out of the clients' way. */
export function forkServer(script, args = []) {
  const child = forkPinned(SERVER_CORE, script, args);
  child.stderr.pipe(process.stderr);
  return child;
}

export async function startOrigin() {
  const child = forkServer(here('./origin.mjs'));
  const { plain, tls, http2 } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the origin server ended with ${code}`)));
  });
  const doors = { plain: `http://127.0.0.1:${plain}`, tls: `https://127.0.0.1:${tls}`, http2: `https://127.0.0.1:${http2}` };
  return { base: doors.plain, doors, stop: () => child.disconnect() };
}

/** The one answer that is waited for; who takes longer than the limit is killed. */
class Waiting {
  #answer = null;
  #child;
  constructor(child) {
    this.#child = child;
  }
  settle(m) {
    const answer = this.#answer;
    this.#answer = null;
    answer?.(m);
  }
  next(limit) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#answer = null;
        this.#child.kill('SIGKILL');
        resolve({ error: `not finished in ${limit / 1000} s` });
      }, limit);
      this.#answer = (m) => {
        clearTimeout(timer);
        resolve(m);
      };
    });
  }
}

/** A client under test. `ask` resolves with the figures of one piece of work, or with { error }. */
class NodeClient {
  #child;
  #waiting;
  #lastWords = '';
  constructor(name, door) {
    this.#child = forkPinned(CLIENT_CORE, here('./worker.mjs'), [name, door]);
    this.#waiting = new Waiting(this.#child);
    this.#child.on('message', (m) => this.#waiting.settle(m));
    this.#child.stderr.on('data', (d) => {
      this.#lastWords = (this.#lastWords + d).slice(-2000);
    });
    this.#child.on('exit', (code, signal) => {
      const why = /^\S*(?:Error|FATAL ERROR).*$/m.exec(this.#lastWords)?.[0] ?? '';
      this.#waiting.settle({ error: `the process ended (${signal ?? code}) ${why}`.trim() });
    });
  }
  ready() {
    return this.#waiting.next(20_000);
  }
  ask(message, limit) {
    if (!this.#child.connected) return Promise.resolve({ error: 'the process is gone' });
    const answer = this.#waiting.next(limit);
    this.#child.send(message);
    return answer;
  }
  stop() {
    if (this.#child.connected) this.#child.disconnect();
  }
}

const QT_COMMANDS = {
  sequence: ({ url, n }) => `seq ${url} ${n}`,
  many: ({ url, n }) => `many ${url} ${n}`,
  download: ({ url }) => `down ${url}`,
  upload: ({ url, bytes }) => `up ${url} ${bytes}`,
};

class QtClient {
  #child;
  #waiting;
  #gone = false;
  constructor(binary) {
    this.#child = spawn(...pin(CLIENT_CORE, binary, []), { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#waiting = new Waiting(this.#child);
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.settle(JSON.parse(line)));
    this.#child.stdin.on('error', () => {});
    this.#child.on('exit', () => {
      this.#gone = true;
      this.#waiting.settle({ error: 'the process ended' });
    });
  }
  async ready() {
    return { ready: true, version: undefined, can: Object.keys(QT_COMMANDS), outside: false };
  }
  ask({ work, ...rest }, limit) {
    if (this.#gone) return Promise.resolve({ error: 'the process is gone' });
    const answer = this.#waiting.next(limit);
    this.#child.stdin.write(`${QT_COMMANDS[work](rest)}\n`);
    return answer;
  }
  stop() {
    this.#child.stdin.end();
  }
}

/** Starts a client and waits until it can take work. */
/** `door` is the one of the origin that the client will go through. */
export async function startClient(description, door = 'plain') {
  const client = description.binary === undefined ? new NodeClient(description.name, door) : new QtClient(description.binary);
  const hello = await client.ready();
  return { client, hello };
}

/** What importing a module costs a fresh process: CPU and time beyond what node:net and node:tls have cost already. */
export function importCost(load) {
  const code = `import 'node:net';import 'node:tls';const c=process.cpuUsage(),t=performance.now();await ${load};
const w=performance.now()-t,u=process.cpuUsage(c);console.log(JSON.stringify({cpu:u.user+u.system,wall:w*1e3}))`;
  const [command, args] = pin(CLIENT_CORE, process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(execFileSync(command, args, { cwd: here('../clients'), encoding: 'utf8' }));
}
