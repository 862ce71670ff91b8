import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { child } from '../life/child.ts';
import { caFile, identity } from '../support/tls.ts';
import { BODY, VERBS } from './asked.ts';
import { GuardedApache, hasGssapi } from './guarded-apache.ts';
import { kerberosPackage } from './kerberos-package.ts';
import { needing, program } from './programs.ts';
import { KERBEROS, Realm } from './realm.ts';
import { byConnection, refusedFirst } from './shown.ts';
import { Squid } from './squid.ts';

const PACKAGES = ['apache2', 'squid', ...KERBEROS];
const PACKAGE = new URL('../../dist/index.js', import.meta.url).href;
const kerberos = kerberosPackage();

/** What a process does: requests one after the other, with the tickets that its environment has. */
interface Task {
  readonly url: string;
  readonly hosts?: readonly string[];
  readonly proxy?: string;
  readonly verb?: 'GET' | 'POST';
  readonly count?: number;
  /** The package kerberos can be imported. */
  readonly installed?: boolean;
}

const CODE = `
import { register } from 'node:module';
const { QNetworkProxy } = await import(${JSON.stringify(PACKAGE)});
const { url, hosts = [], proxy, verb = 'GET', count = 1, kerberos, ca } = JSON.parse(args[0]);
const hook = 'export const resolve = (name, context, next) => next(name === "kerberos" ? ' + JSON.stringify(kerberos) + ' : name, context);';
if (kerberos !== null) register('data:text/javascript,' + encodeURIComponent(hook));
const configuration = QSslConfiguration.defaultConfiguration();
configuration.setCaCertificates(QSslCertificate.fromPath(ca));
QSslConfiguration.setDefaultConfiguration(configuration);
const manager = new QNetworkAccessManager({ negotiate: { hosts } });
if (proxy !== undefined) manager.setProxy(QNetworkProxy.fromUrl(proxy));
let questions = 0;
const notes = [];
manager.netlog(({ what, detail }) => void (what === 'auth' && detail.failed !== undefined && notes.push(detail.failed)));
manager.authenticationRequired.connect(() => void questions++);
manager.proxyAuthenticationRequired.connect(() => void questions++);
const ends = [];
for (let i = 0; i < count; i++) {
  const reply = verb === 'GET' ? manager.get(url) : manager.post(url, Buffer.alloc(${BODY.length}));
  await reply.whenFinished();
  ends.push([QNetworkReply.NetworkError[reply.error()], reply.ok() ? reply.readAll().toString() : reply.errorString()]);
}
console.log(JSON.stringify({ ends, questions, notes }));
`;

interface Outcome {
  readonly ends: readonly (readonly [error: string, text: string])[];
  readonly questions: number;
  /** What kept it from answering. */
  readonly notes: readonly string[];
}

const lacks = PACKAGES.some((one) => program(one.replace(/.*=/, '')) === null);
const unbuilt =
  hasGssapi && kerberos !== null ? '' : ' (skipped: .ci/run installs libapache2-mod-auth-gssapi and the package kerberos)';

describe.skipIf(lacks || unbuilt !== '')(needing(`tickets of Kerberos${unbuilt}`, ...PACKAGES), () => {
  let realm: Realm;
  let apache: GuardedApache;
  let squid: Squid;
  beforeAll(async () => {
    realm = await new Realm().start();
    realm.login();
    apache = await new GuardedApache().start(identity(), realm);
    const keys = { keytab: realm.keytab, config: realm.env['KRB5_CONFIG']! };
    squid = await new Squid().start({ schemes: ['negotiate'], kerberos: keys });
  });
  afterAll(async () => {
    await squid[Symbol.asyncDispose]();
    await apache[Symbol.asyncDispose]();
    await realm[Symbol.asyncDispose]();
  });

  /** The service is called HTTP/localhost. */
  const proxy = (): string => squid.url('guarded').replace('127.0.0.1', 'localhost');

  async function run(task: Task, env: Readonly<Record<string, string>> = realm.env): Promise<Outcome> {
    const words = JSON.stringify({ ...task, kerberos: task.installed === false ? null : kerberos, ca: caFile });
    const { out, err } = await child(CODE, [words], { ...process.env, ...env });
    if (out === '') throw new Error(err);
    return JSON.parse(out) as Outcome;
  }

  const heard = async (count: number, url: string): Promise<string[]> =>
    (await apache.whenLogged(count, url)).map(({ said: [scheme], status, user }) => `${scheme} ${status} ${user}`).sort();

  it.each(VERBS)('let in who has one, %s', async (verb, answer) => {
    const url = apache.url('secure', 'negotiate');
    const { ends, questions } = await run({ url, hosts: ['localhost'], verb, count: 3 });
    expect(ends).toEqual(Array(3).fill(['NoError', answer]));
    expect(questions).toBe(0);
    // this server forgets at once whom it has let in
    const good = 'Negotiate 200 alice@TEST.LOCAL';
    expect(await heard(6, url)).toEqual(['- 401 -', '- 401 -', '- 401 -', good, good, good]);
  });

  it('go to listed hosts only', async () => {
    const url = apache.url('secure', 'negotiate');
    const { ends, questions } = await run({ url, hosts: ['other.example', '.localhost'] });
    expect(ends).toEqual([['AuthenticationRequiredError', expect.any(String)]]);
    expect(questions).toBe(0);
    expect(await heard(1, url)).toEqual(['- 401 -']);
  });

  it('go to nobody in the clear', async () => {
    const url = apache.url('kept', 'negotiate');
    expect((await run({ url, hosts: ['localhost'] })).ends[0]![0]).toBe('AuthenticationRequiredError');
    expect(await heard(1, url)).toEqual(['- 401 -']);
  });

  it('are not there', async () => {
    const url = apache.url('secure', 'negotiate');
    const env = { ...realm.env, KRB5CCNAME: 'FILE:/nonexistent' };
    expect((await run({ url, hosts: ['localhost'] }, env)).ends[0]![0]).toBe('AuthenticationRequiredError');
    expect(await heard(1, url)).toEqual(['- 401 -']);
  });

  it('need a package', async () => {
    const url = apache.url('secure', 'negotiate');
    const { ends, notes } = await run({ url, hosts: ['localhost'], installed: false });
    expect(ends[0]![0]).toBe('AuthenticationRequiredError');
    expect(notes).toEqual(['Negotiate needs the package kerberos, which is not installed: npm install kerberos']);
  });

  const rows = (['kept', 'secure'] as const).flatMap((door) => VERBS.map(([verb, answer]) => [door, verb, answer] as const));
  it.each(rows)('let in who has one at the proxy, %s, %s', async (door, verb, answer) => {
    const start = squid.log().length;
    const { ends, questions } = await run({ url: apache.url(door, 'open'), proxy: proxy(), verb, count: 3 });
    expect(ends).toEqual(Array(3).fill(['NoError', answer]));
    expect(questions).toBe(0);
    const tunnel = ['CONNECT - 407', 'CONNECT Negotiate 200'] as const;
    const open = [`${verb} - 407`, `${verb} Negotiate 200`, `${verb} - 200`, `${verb} - 200`] as const;
    const stories = door === 'secure' ? refusedFirst('CONNECT', ...tunnel) : refusedFirst(verb, ...open);
    const lines = (await squid.whenLogged(start + (door === 'secure' ? 2 : 4))).slice(start);
    expect(byConnection(lines, ({ method, said, status }) => `${method} ${said} ${status}`)).toBeOneOf(stories);
    expect(lines.at(-1)!.user).toBe('alice@TEST.LOCAL');
  });

  it('are not there for the proxy', async () => {
    const env = { ...realm.env, KRB5CCNAME: 'FILE:/nonexistent' };
    const { ends } = await run({ url: apache.url('secure', 'open'), proxy: proxy() }, env);
    expect(ends[0]![0]).toBe('ProxyAuthenticationRequiredError');
  });
});
