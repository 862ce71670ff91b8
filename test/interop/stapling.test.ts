import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, type QSslConfiguration, QSslError, QSslSocket } from '../../src/index.ts';
import { type Minted, mint } from '../support/mint.ts';
import { ocspResponse, refusal } from '../support/ocsp.ts';
import { configuration, over, REFUSED, request, root } from './client-tls.ts';
import { needing, program } from './programs.ts';
import { SServer } from './s-server.ts';

const site = mint({ name: 'site', by: root });
const other = mint({ name: 'other', by: root });
const intermediate = mint({ name: 'intermediate', by: root, authority: 0 });
const below = mint({ name: 'below', by: intermediate });
const responder = mint({ name: 'responder', by: root, purpose: 'OCSP' });

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-ocsp-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function file(content: string | Buffer): string {
  const path = join(folder, String(files++));
  writeFileSync(path, content);
  return path;
}

/** What `openssl ocsp` says about a certificate, of which `entry` is the line in its list. */
function said(about: Minted, issuer: Minted, by: Minted, entry: 'good' | 'revoked' | 'unknown'): Buffer {
  const serial = execFileSync(program('openssl')!, ['x509', '-noout', '-serial'], { input: about.pem, encoding: 'utf8' })
    .trim()
    .slice(7);
  const [state, revoked] = entry === 'revoked' ? ['R', '250101000000Z,keyCompromise'] : ['V', ''];
  const number = entry === 'unknown' ? `${serial}00` : serial;
  const list = file(`${state}\t400101000000Z\t${revoked}\t${number}\tunknown\t/CN=x\n`);
  const ca = file(issuer.pem);
  const asked = file('');
  const answer = file('');
  const run = (...words: string[]): void => void execFileSync(program('openssl')!, ['ocsp', ...words], { stdio: 'pipe' });
  run('-issuer', ca, '-cert', file(about.pem), '-no_nonce', '-reqout', asked);
  const signer = ['-rsigner', file(by.pem), '-rkey', file(by.keyPem)];
  run('-index', list, '-CA', ca, ...signer, '-reqin', asked, '-respout', answer, '-ndays', '1');
  return readFileSync(answer);
}

function stapling(): QSslConfiguration {
  const made = configuration();
  made.setOcspStaplingEnabled(true);
  return made;
}

const stapled = (answer: Buffer | null, ...chain: Minted[]): Promise<SServer> =>
  new SServer({ chain, options: answer === null ? [] : ['-status_file', file(answer)] }).start();

/** The error, the text, and what `sslErrors` has told: what is wrong and with whom. */
async function asked(server: SServer, tls: QSslConfiguration, ignore = false): Promise<[end: string[], errors: string[]]> {
  await using manager = new QNetworkAccessManager();
  const reply = manager.get(request(server.url(), tls));
  const errors: string[] = [];
  reply.sslErrors.connect((list) => {
    for (const one of list) errors.push(`${QSslError.SslError[one.error()]} ${one.certificate().subjectDisplayName()}`.trimEnd());
    if (ignore) reply.ignoreSslErrors(list);
  });
  const end = await over(reply);
  return [end, errors];
}

const SERVED = ['NoError', 'page'];
const DAY = 86_400_000;
const ago = { from: new Date(Date.now() - 2 * DAY), to: new Date(Date.now() - DAY) };

describe.skipIf(program('openssl') === null)(needing('a server that sends along what its authority says', 'openssl'), () => {
  const rows: [what: string, answer: () => Buffer | null, chain: Minted[], errors: string[]][] = [
    ['good', () => said(site, root, root, 'good'), [site], []],
    ['good, of an intermediate authority', () => said(below, intermediate, intermediate, 'good'), [below, intermediate], []],
    ['good, by a responder of its own', () => said(site, root, responder, 'good'), [site], []],
    ['revoked', () => said(site, root, root, 'revoked'), [site], ['CertificateRevoked site']],
    ['unknown', () => said(site, root, root, 'unknown'), [site], ['OcspStatusUnknown site']],
    ['of another', () => said(other, root, root, 'good'), [site], ['OcspResponseCertIdUnknown site']],
    ['by a server', () => said(site, root, other, 'good'), [site], ['OcspResponseCannotBeTrusted']],
    ['over', () => ocspResponse({ about: site, issuer: root, ...ago }), [site], ['OcspResponseExpired site']],
    ['nothing', () => null, [site], ['OcspNoResponseFound']],
    ['try later', () => refusal(3), [site], ['OcspTryLater']],
  ];
  for (const version of ['-tls1_2', '-tls1_3']) {
    it.each(rows)(`${version}: %s`, async (_what, answer, chain, errors) => {
      const response = answer();
      const options = [version, ...(response === null ? [] : ['-status_file', file(response)])];
      await using server = await new SServer({ chain, options }).start();
      expect(await asked(server, stapling())).toEqual([errors.length === 0 ? SERVED : REFUSED, errors]);
      // nothing was said to it before
      expect(await server.whenAllHeard()).toMatch(errors.length === 0 ? /^GET / : /^$/);
    });
  }

  it('is not asked by those who do not want to know, or verify nothing', async () => {
    await using server = await stapled(said(site, root, root, 'revoked'), site);
    const unverified = stapling();
    unverified.setPeerVerifyMode(QSslSocket.VerifyNone);
    expect(await asked(server, configuration())).toEqual([SERVED, []]);
    expect(await asked(server, unverified)).toEqual([SERVED, []]);
    expect(stapling().ocspStaplingEnabled()).toBe(true);
  });

  it('can be ignored like all errors, and is told beside others', async () => {
    await using server = await stapled(null, mint({ name: 'elsewhere', by: root, for: ['DNS:elsewhere.test'] }));
    const errors = ['HostNameMismatch elsewhere', 'OcspNoResponseFound'];
    expect(await asked(server, stapling())).toEqual([REFUSED, errors]);
    expect(await asked(server, stapling(), true)).toEqual([SERVED, errors]);
  });
});
