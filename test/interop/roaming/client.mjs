// @ts-check
// The program of the roaming tests: it uses the built package as anybody would, is told what to do by lines of JSON, and says what happens in
// the same way. When its input ends it does nothing more, and is to end by itself with all that stands.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { content } from './content.mjs';

const {
  QHttp1Configuration,
  QNetworkAccessManager,
  QNetworkConfiguration,
  QNetworkConfigurationManager,
  QNetworkRequest,
  QNetworkSession,
} = await import(new URL('../../../dist/index.js', import.meta.url).href);

/** @param {string} event @param {object} details */
const say = (event, details = {}) =>
  void process.stdout.write(`${JSON.stringify({ event, at: performance.timeOrigin + performance.now(), ...details })}\n`);

const { PLAIN: plain = '', PLAIN6: plain6 = '', SECURE: secure = '', AUTHORITY: authority = '' } = process.env;

/** @type {Map<number, string>} */
const states = new Map(
  ['Invalid', 'NotAvailable', 'Connecting', 'Connected', 'Closing', 'Disconnected', 'Roaming'].map((name) => [
    QNetworkSession.State[name],
    name,
  ]),
);

const configurations = new QNetworkConfigurationManager();
configurations.configurationChanged.connect((/** @type {any} */ one) => say('changed', { name: one.name(), state: one.state() }));
configurations.onlineStateChanged.connect((/** @type {boolean} */ online) => say('online', { online }));

/** @param {string} name of an interface; 'any' is the default, '' none. */
function configuration(name) {
  if (name === '') return new QNetworkConfiguration();
  if (name === 'any') return configurations.defaultConfiguration();
  const found = configurations.allConfigurations().find((/** @type {any} */ one) => one.name() === name);
  if (found === undefined) throw new Error(`there is no configuration ${name}`);
  return found;
}

const manager = new QNetworkAccessManager(authority === '' ? {} : { extraCaCertificates: authority });
manager.networkAccessibleChanged.connect((/** @type {number} */ accessible) => say('accessible', { accessible }));
manager.finished.connect((/** @type {any} */ reply) => {
  const one = replies.get(reply);
  if (one !== undefined) one.managerFinished++;
});

/** @typedef {{ id: string, finished: number, managerFinished: number, marked: boolean }} Running */
/** @type {Map<any, Running>} */
const replies = new Map();
/** @type {any[]} */
const sessions = [];

/**
 * @typedef {object} Wanted
 * @property {string} id
 * @property {string} path with its query
 * @property {string} [method] GET unless said
 * @property {number} [size] of the body
 * @property {boolean} [once] the body can be had only once
 * @property {boolean} [secure]
 * @property {boolean} [v6]
 * @property {number} [parallel] connections
 */

/** @param {Uint8Array} bytes */
async function* pieces(bytes) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** @param {Wanted} wanted */
function begin({ id, path, method = 'GET', size = 0, once = false, secure: overTls = false, v6 = false, parallel = 100 }) {
  const request = new QNetworkRequest((overTls ? secure : v6 ? plain6 : plain) + path);
  const connections = new QHttp1Configuration();
  connections.setNumberOfConnectionsPerHost(parallel);
  request.setHttp1Configuration(connections);
  if (method === 'GET') return manager.get(request);
  const body = once ? pieces(content(id, size)) : content(id, size);
  request.setRawHeader('Content-Type', 'application/octet-stream');
  return method === 'PUT' ? manager.put(request, body) : manager.post(request, body);
}

/** @param {Wanted} wanted @param {(error: number, text: string) => void} [ended] */
function start(wanted, ended) {
  const { id } = wanted;
  const reply = begin(wanted);
  const one = { id, finished: 0, managerFinished: 0, marked: false };
  replies.set(reply, one);
  const digest = createHash('sha256');
  let bytes = 0;
  let answer = '';
  reply.readyRead.connect(() => {
    const data = reply.readAll();
    if (bytes === 0 && ended === undefined) say('begun', { id });
    if (one.marked) say('went on', { id });
    one.marked = false;
    bytes += data.length;
    digest.update(data);
    if (bytes < 1000) answer = data.toString();
  });
  reply.finished.connect(() => {
    one.finished++;
    const error = reply.error();
    if (ended !== undefined && one.finished === 1) {
      replies.delete(reply);
      ended(error, reply.errorString());
    }
    if (ended === undefined || one.finished > 1 || (error === 0 && reply.status() >= 300)) {
      const { finished: nth, managerFinished } = one;
      const hash = digest.digest('hex');
      say('finished', {
        id,
        nth,
        managerFinished,
        error,
        text: reply.errorString(),
        status: reply.status(),
        bytes,
        hash,
        answer,
      });
    }
  });
}

/** What runs all the time, and how it ends. */
const load = {
  on: false,
  begun: 0,
  ended: 0,
  /** @type {Record<string, number>} */ errors: {},
  /** @type {Record<string, string>} one of each */ texts: {},
};
const MOST = 40_000;

/** @param {number} slot */
function keepLoading(slot) {
  if (!load.on || load.begun >= MOST) return;
  const nth = ++load.begun;
  const id = `load-${nth}`;
  const kinds = [
    { id, path: '/whoami' },
    { id, path: `/file?id=${id}&size=150000&tag=strong` },
    { id, path: `/file?id=${id}&size=150000` },
    { id, path: `/take?id=${id}`, method: 'PUT', size: 100_000 },
    { id, path: `/take?id=${id}`, method: 'POST', size: 100_000 },
  ];
  start(/** @type {Wanted} */ (kinds[slot % kinds.length]), (error, text) => {
    load.ended++;
    load.errors[error] = (load.errors[error] ?? 0) + 1;
    load.texts[error] ??= text;
    setImmediate(keepLoading, slot);
    if (!load.on && load.ended === load.begun) say('unloaded', load);
  });
}

/** TCP sockets that this process has. */
function sockets() {
  const tcp = new Set(
    ['tcp', 'tcp6'].flatMap((table) =>
      readFileSync(`/proc/self/net/${table}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/)[9] ?? ''),
    ),
  );
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return tcp.has(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? '-');
    } catch {
      return false; // of the folder that is read just now
    }
  }).length;
}

/** @param {string} name */
function session(name) {
  const made = new QNetworkSession(configuration(name));
  sessions.push(made);
  made.stateChanged.connect((/** @type {number} */ state) => say('state', { session: name, state: states.get(state) }));
  made.opened.connect(() => say('opened', { session: name }));
  made.closed.connect(() => say('closed', { session: name }));
  made.error.connect((/** @type {number} */ error) => say('session error', { session: name, error, text: made.errorString() }));
  made.open();
}

/** @type {Record<string, (said: any) => object | void>} */
const commands = {
  use: ({ configuration: name }) => manager.setConfiguration(configuration(name)),
  session: ({ configuration: name }) => session(name),
  start: (wanted) => start(wanted),
  /** From here on the next bytes of each reply are news. */
  mark: () => {
    for (const one of replies.values()) one.marked = true;
  },
  accessible: ({ value }) => manager.setNetworkAccessible(value),
  /** Switches off and on, so many times, with requests between. */
  switch: ({ times }) => {
    const { NotAccessible, Accessible } = QNetworkAccessManager.NetworkAccessibility;
    let done = 0;
    const once = () => {
      manager.setNetworkAccessible(++done % 2 === 1 ? NotAccessible : Accessible);
      if (done < times * 2) setTimeout(once, done % 2 === 1 ? 1 : 10);
      else say('switched');
    };
    once();
  },
  load: ({ slots }) => {
    load.on = slots > 0;
    if (!load.on && load.ended === load.begun) say('unloaded', load);
    for (let slot = 0; slot < slots; slot++) keepLoading(slot);
  },
  look: () => ({
    accessible: manager.networkAccessible(),
    online: configurations.isOnline(),
    active: manager.activeConfiguration().name(),
    configuration: manager.configuration().name(),
    connections: manager.connectionCount(),
    sockets: sockets(),
    sessions: sessions.map((one) => ({ state: states.get(one.state()), open: one.isOpen() })),
    load,
  }),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const said = JSON.parse(line);
  const answer = commands[said.do]?.(said) ?? {};
  if (said.number !== undefined) say('answer', { number: said.number, ...answer });
});

say('ready');
