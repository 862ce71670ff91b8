import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagerOptions, NetworkError, QNetworkAccessManager, type QNetworkReply } from '../../../src/index.ts';
import { mint } from '../../support/mint.ts';
import { within } from '../../support/once.ts';

const root = mint({ name: 'root', authority: true });
const site = mint({ name: 'site', by: root });
const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage';

/** A server, and the secrets of its connections as it knows them. */
async function serving(maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3') {
  const lines: string[] = [];
  const server = createServer({ key: site.keyPem, cert: site.pem, maxVersion }, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(PAGE));
  });
  server.on('keylog', (line) => void lines.push(line.toString().trim()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, lines, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())) };
}

async function ask(url: string, keyLog: ManagerOptions['keyLog']): Promise<string> {
  await using manager = new QNetworkAccessManager({ keyLog, extraCaCertificates: root.pem });
  return await end(manager.get(url));
}

async function end(reply: QNetworkReply): Promise<string> {
  await within(reply.whenFinished(), 'the end');
  return NetworkError[reply.error()]!;
}

describe('keyLog', () => {
  let folder = '';
  let warnings: string[] = [];
  const hear = ({ message, code }: Error & { code?: string }): void => void warnings.push(`${code}: ${message}`);
  const before = process.env['SSLKEYLOGFILE'];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qnetwork-keys-'));
    warnings = [];
    process.on('warning', hear);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    process.off('warning', hear);
    if (before === undefined) delete process.env['SSLKEYLOGFILE'];
    else process.env['SSLKEYLOGFILE'] = before;
  });

  it.each([
    ['TLSv1.2', /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/, 1],
    ['TLSv1.3', /^(?:CLIENT|SERVER|EXPORTER)_(?:[A-Z]+_)*SECRET(?:_0)? [0-9a-f]{64} [0-9a-f]{64,96}$/, 5],
  ] as const)('tells a function what the server knows too: %s', async (version, line, count) => {
    await using server = await serving(version);
    const lines: string[] = [];
    expect(await ask(server.url, (text) => lines.push(text))).toBe('NoError');
    expect(lines.length).toBe(count);
    for (const one of lines) expect(one).toMatch(line);
    expect(lines.toSorted()).toEqual(server.lines.toSorted());
  });

  it('appends to a file that is made for its owner alone', async () => {
    await using server = await serving();
    const path = join(folder, 'keys');
    expect([await ask(server.url, path), await ask(server.url, path)]).toEqual(['NoError', 'NoError']);
    expect(readFileSync(path, 'latin1').trim().split('\n').toSorted()).toEqual(server.lines.toSorted());
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, '# mine\n');
    await ask(server.url, path);
    expect(readFileSync(path, 'latin1').startsWith('# mine\nSERVER_HANDSHAKE')).toBe(true);
  });

  it('is the file that the environment names only for those who ask for it', async () => {
    await using server = await serving();
    const path = join(folder, 'keys');
    process.env['SSLKEYLOGFILE'] = path;
    await ask(server.url, undefined);
    expect(() => statSync(path)).toThrow('ENOENT');
    await ask(server.url, true);
    expect(readFileSync(path, 'latin1')).toContain('CLIENT_TRAFFIC_SECRET_0 ');
    delete process.env['SSLKEYLOGFILE'];
    expect(await ask(server.url, true)).toBe('NoError');
  });

  it('does not stop anything when the file cannot be written, and says so once', async () => {
    await using server = await serving();
    await using manager = new QNetworkAccessManager({ keyLog: join(folder, 'none', 'keys'), extraCaCertificates: root.pem });
    expect([await end(manager.get(server.url)), await end(manager.get(server.url))]).toEqual(['NoError', 'NoError']);
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toMatch(/^QNETWORK_KEY_LOG: the key log .*none.keys cannot be written \(ENOENT\)/);
  });
});
