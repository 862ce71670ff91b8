// Carries out the steps of one scenario with a library of Qt's shape and writes down everything that could be seen.
// The library is an argument: the parity tests hand over the sources, the door for outside suites the built package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyOf } from './bodies.mjs';
import { visible } from './bytes.mjs';
import { call, requestOf, setHeaders } from './requests.mjs';
import { applySettings, configureTls } from './settings.mjs';
import { encoded, nameOf, snapshotOf, stateOf } from './snapshot.mjs';
import { storeQuery, storeStep } from './stores.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const turn = () => new Promise((resolve) => setImmediate(resolve));
const LONGEST_WAIT = 8000;

/** The method of the manager without which a step or query cannot be. */
function neededBy(what) {
  if (what === 'hsts') return 'strictTransportSecurityHosts';
  return /cookie/i.test(what) ? 'cookieJar' : /cache/i.test(what) ? 'cache' : null;
}

/** The trace of one scenario: { events, replies, values, warnings }. */
export async function perform(q, scenario) {
  const player = new Player(q, scenario);
  try {
    for (const step of scenario.steps) await player.step(step);
    await pause(scenario.settle ?? 40);
    return player.trace();
  } finally {
    player.leave();
  }
}

class Player {
  #q;
  #scenario;
  #events = [];
  #values = {};
  #warnings = [];
  #snapshots = {};
  #managers = new Map();
  #replies = new Map();
  #waiting = new Set();
  #left = false;

  constructor(q, scenario) {
    this.#q = q;
    this.#scenario = scenario;
  }

  trace() {
    for (const [id, r] of this.#replies) {
      this.#snapshots[id] ??= r.gone ? { deleted: true } : this.#snapshot(r);
      if (!r.gone) this.#snapshots[id].endState = { isFinished: r.reply.isFinished(), isRunning: r.reply.isRunning() };
    }
    return structuredClone({ events: this.#events, replies: this.#snapshots, values: this.#values, warnings: this.#warnings });
  }

  /** Ends what still runs, unseen. */
  leave() {
    this.#left = true;
    for (const m of this.#managers.values()) m.manager.deleteLater();
  }

  // ---- events

  #event(...e) {
    if (this.#left) return;
    this.#events.push(e);
    setImmediate(() => {
      for (const wake of this.#waiting) wake();
    });
  }

  async #until(condition, ms) {
    const end = Date.now() + ms;
    while (!condition()) {
      const left = end - Date.now();
      if (left <= 0) return false;
      await new Promise((resolve) => {
        const go = () => {
          clearTimeout(timer);
          this.#waiting.delete(go);
          resolve();
        };
        const timer = setTimeout(go, Math.min(50, left));
        this.#waiting.add(go);
      });
    }
    // What the library put off until after the slots happens before the next step.
    await turn();
    await turn();
    return true;
  }

  #idOf(reply) {
    for (const [id, r] of this.#replies) if (r.reply === reply) return id;
    return null;
  }

  /** Runs the rules for a signal inside its slot: at once, nothing waits. */
  #react(thing, signal, reply) {
    const n = (thing.counts.get(signal) ?? 0) + 1;
    thing.counts.set(signal, n);
    for (const rule of thing.rules) {
      if (rule.signal !== signal || (rule.nth ?? n) !== n) continue;
      for (const s of rule.do) this.#act({ reply, ...s }, true);
    }
  }

  // ---- managers

  #manager(name = 'm') {
    const known = this.#managers.get(name);
    if (known !== undefined) return known;
    const q = this.#q;
    const manager = new q.QNetworkAccessManager();
    const m = { manager, rules: [], counts: new Map(), credentials: [], proxyCredentials: [], psk: undefined };
    this.#managers.set(name, m);
    if (q.QNetworkCookieJar !== undefined) manager.setCookieJar?.(new q.QNetworkCookieJar());
    const on = (signal, args, then) =>
      manager[signal]?.connect((...a) => {
        const [shown, reply] = args(...a);
        this.#event(name, signal, ...shown);
        then?.(...a);
        this.#react(m, signal, reply);
      });
    const byReply = (r) => [[this.#idOf(r)], this.#idOf(r)];
    const shownPeer = (a) => ({ realm: a.realm(), user: a.user() });
    on('finished', byReply);
    on(
      'authenticationRequired',
      (r, a) => [[this.#idOf(r), shownPeer(a)], this.#idOf(r)],
      (r, a) => this.#answer(m.credentials, a, r),
    );
    on(
      'proxyAuthenticationRequired',
      (p, a) => [[{ type: nameOf(q.QNetworkProxy.ProxyType, p.type()), host: p.hostName(), port: p.port() }, shownPeer(a)], null],
      (_p, a) => this.#answer(m.proxyCredentials, a, null),
    );
    on('sslErrors', (r, list) => [[this.#idOf(r), this.#tlsErrors(list)], this.#idOf(r)]);
    on('encrypted', byReply);
    on(
      'preSharedKeyAuthenticationRequired',
      (r, a) => [[this.#idOf(r), { hint: visible(a.identityHint()) }], this.#idOf(r)],
      (_r, a) => {
        if (m.psk === undefined) return;
        a.setIdentity(Buffer.from(m.psk.identity));
        a.setPreSharedKey(Buffer.from(m.psk.key, 'hex'));
      },
    );
    return m;
  }

  #answer(list, authenticator, reply) {
    const next = list.shift();
    if (next === 'abort') reply?.abort();
    else if (next) {
      authenticator.setUser(next.user);
      authenticator.setPassword(next.password);
    }
  }

  #tlsErrors(list) {
    return list.map((e) => [nameOf(this.#q.QSslError.SslError, e.error()), e.certificate().subjectInfo('CN')[0] ?? null]);
  }

  #setUp(s) {
    const m = this.#manager(s.name);
    applySettings(this.#q, m.manager, s, {
      scenario: this.#scenario,
      event: (...e) => this.#event(...e),
      warn: (w) => this.#warnings.push(w),
    });
    if (s.credentials !== undefined) m.credentials = [...s.credentials];
    if (s.proxyCredentials !== undefined) m.proxyCredentials = [...s.proxyCredentials];
    if (s.psk !== undefined) m.psk = s.psk;
    if (s.on !== undefined) m.rules = s.on;
  }

  // ---- requests

  #request(s) {
    const q = this.#q;
    const warn = (w) => this.#warnings.push(w);
    const configure = (request, tls) =>
      configureTls(q, this.#scenario, request, tls, { warn, replyOf: (id) => this.#replies.get(id).reply });
    return requestOf(q, s, { warn, configure });
  }

  #start(s) {
    const q = this.#q;
    const { manager } = this.#manager(s.manager);
    const request = this.#request(s);
    const body = 'body' in s ? bodyOf(q, s.body, (part, p) => setHeaders(q, part, p, (w) => this.#warnings.push(w))) : undefined;
    const reply = call(manager, s, request, body);
    const r = { reply, rules: s.on ?? [], counts: new Map(), body: [], done: false, gone: false };
    this.#replies.set(s.id, r);
    if (s.readBufferSize !== undefined) reply.setReadBufferSize(s.readBufferSize);
    this.#watch(s, r);
    for (const t of s.then ?? []) this.#act({ reply: s.id, ...t }, true);
  }

  #watch(s, r) {
    const { id } = s;
    const { reply } = r;
    const error = (e) => nameOf(this.#q.QNetworkReply.NetworkError, e);
    const on = (signal, show, { before, after } = {}) =>
      reply[signal]?.connect((...a) => {
        before?.();
        this.#event(id, signal, ...(show?.(...a) ?? []));
        this.#react(r, signal, id);
        after?.();
      });
    const numbers = (a, b) => [a, b];
    const readAll = () => {
      if (!r.gone) r.body.push(reply.readAll());
    };
    on('metaDataChanged');
    on('readyRead', undefined, s.read === 'readyRead' ? { after: readAll } : {});
    on('downloadProgress', numbers);
    on('uploadProgress', numbers);
    on('errorOccurred', (e) => [error(e)]);
    on('sslErrors', (list) => [this.#tlsErrors(list)]);
    on('encrypted');
    on('redirected', (url) => [encoded(url)]);
    on('preSharedKeyAuthenticationRequired');
    on('requestSent');
    on('socketStartedConnecting');
    on('readChannelFinished');
    on('aboutToClose');
    on('destroyed', undefined, {
      before: () => {
        r.gone = true;
      },
    });
    on('finished', undefined, {
      before: () => {
        if (s.read !== 'none') readAll();
        r.done = true;
        this.#snapshots[id] = this.#snapshot(r);
      },
    });
  }

  #snapshot(r) {
    return { ...snapshotOf(this.#q, r.reply), body: Buffer.concat(r.body).toString('base64') };
  }

  async step(s) {
    switch (s.do) {
      case 'request':
        this.#start(s);
        if (s.async) return;
        if (!(await this.#until(() => this.#replies.get(s.id).done, s.timeout ?? LONGEST_WAIT)))
          this.#event('*', 'timeout', s.id);
        return;
      case 'wait': {
        const seen = s.for ?? 'all';
        if (!(await this.#until(this.#condition(seen), s.timeout ?? LONGEST_WAIT))) this.#event('*', 'timeout', seen);
        return;
      }
      case 'sleep':
        return pause(s.ms);
      default:
        this.#act(s, false);
    }
  }

  #condition(what) {
    if (what === 'all') return () => [...this.#replies.values()].every((r) => r.done);
    if (Array.isArray(what)) return () => what.every((id) => this.#replies.get(id)?.done);
    const [id, signal] = what.split('.');
    return () => (this.#replies.get(id) ?? this.#managers.get(id))?.counts.has(signal) === true;
  }

  /** One step that does not wait. */
  #act(s, nested) {
    const r = this.#replies.get(s.reply);
    const reply = r?.reply;
    const keep = (value) => {
      if (s.as !== undefined) this.#values[s.as] = value;
    };
    switch (s.do) {
      case 'request':
        return this.#start(s);
      case 'manager':
        return this.#setUp(s);
      case 'abort':
        return reply.abort();
      case 'close':
        return reply.close();
      case 'deleteLater':
        return reply.deleteLater();
      case 'ignoreSslErrors':
        return reply.ignoreSslErrors(...(s.errors === undefined ? [] : [this.#expectedErrors(s.errors)]));
      case 'redirectAllowed':
        return reply.redirectAllowed.emit();
      case 'setReadBufferSize':
        return reply.setReadBufferSize(s.size);
      case 'read': {
        const data = s.n === undefined ? reply.readAll() : reply.read(s.n);
        r.body.push(data);
        if (s.as === undefined) this.#event(s.reply, 'read', data.length);
        return keep(visible(data));
      }
      case 'peek':
        return keep(visible(reply.peek(s.n)));
      case 'readLine':
        return keep(visible(s.n === undefined ? reply.readLine() : reply.readLine(s.n)));
      case 'snapshot': {
        const { tls: _, ...shown } = snapshotOf(this.#q, reply);
        return keep(shown);
      }
      case 'state':
        return keep({
          ...stateOf(reply),
          error: nameOf(this.#q.QNetworkReply.NetworkError, reply.error()),
          readBufferSize: reply.readBufferSize(),
        });
      case 'clearAccessCache':
        return this.#manager(s.manager).manager.clearAccessCache();
      case 'clearConnectionCache':
        return this.#manager(s.manager).manager.clearConnectionCache();
      case 'connectToHost':
      case 'connectToHostEncrypted':
        return this.#optional(s, () => this.#manager(s.manager).manager[s.do](s.host, Number(s.port)), s.do);
      case 'shareJar':
        return this.#manager(s.to).manager.setCookieJar?.(this.#manager(s.from).manager.cookieJar());
      case 'readFile':
        return keep(this.#file(s.path));
      case 'query':
        return keep(this.#query(s));
      default:
        return this.#actOnStore(s, keep, nested);
    }
  }

  #actOnStore(s, keep, nested) {
    if (nested && (s.do === 'wait' || s.do === 'sleep')) return;
    const result = this.#optional(s, () => storeStep(this.#q, s, this.#manager(s.manager).manager, this.#scenario.epoch));
    if (result === undefined) throw new Error(`no such step: ${s.do}`);
    keep(result);
  }

  /** A step or query on a class that the library does not have (yet) is left out with a warning. */
  #optional(s, f, needs = neededBy(s.what ?? s.do)) {
    const { manager } = this.#manager(s.manager);
    if (needs === null || typeof manager[needs] === 'function') return f();
    this.#warnings.push(`left out: ${s.what ?? s.do} needs QNetworkAccessManager.${needs}()`);
    return null;
  }

  #expectedErrors(list) {
    const q = this.#q;
    return list.map(([name, certificate]) => {
      const error = q.QSslError.SslError[name];
      if (certificate === null) return new q.QSslError(error);
      return new q.QSslError(
        error,
        q.QSslCertificate.fromData(readFileSync(join(this.#scenario.certs, `${certificate}.pem`)))[0],
      );
    });
  }

  #file(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  }

  #query(s) {
    const q = this.#q;
    const { manager } = this.#manager(s.manager);
    switch (s.what) {
      case 'supportedSchemes':
        return manager.supportedSchemes();
      case 'requestHeaders': {
        const request = this.#request(s.request);
        return request.rawHeaderList().map((name) => [visible(name), visible(request.rawHeader(name))]);
      }
      case 'settings':
        return {
          redirectPolicy:
            manager.redirectPolicy === undefined ? null : nameOf(q.QNetworkRequest.RedirectPolicy, manager.redirectPolicy()),
          autoDeleteReplies: manager.autoDeleteReplies(),
          transferTimeout: manager.transferTimeout(),
          hsts: manager.isStrictTransportSecurityEnabled?.() ?? null,
          hstsStore: manager.isStrictTransportSecurityStoreEnabled?.() ?? null,
          proxy: manager.proxy === undefined ? null : nameOf(q.QNetworkProxy.ProxyType, manager.proxy().type()),
          hasCache: (manager.cache?.() ?? null) !== null,
        };
      default:
        return this.#optional(s, () => storeQuery(q, s, manager, this.#scenario.epoch));
    }
  }
}
