// Tests of a program that asks a weather service: with a server that misbehaves, in a network without sockets where half a minute takes no
// time, and from a cassette. Any test runner will do; here each test is a function that says what it has seen.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QNetworkAccessManager, QNetworkCookieJar } from 'qnetwork';
import { cassette, cookieJarContract, createTestNetwork, createTestServer } from 'qnetwork/testing';
import { startOrigin } from './demo/origin.mjs';

/** The program under test: asks up to three times, and waits ten seconds for an answer. */
async function forecast(manager, service) {
  manager.setTransferTimeout(10_000);
  for (let left = 2; ; left--) {
    try {
      return (await manager.get(`${service}/forecast`).json()).sky;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** Real sockets on loopback: the first answer breaks off after 100 bytes, the second one is no forecast. */
async function testOfTrouble() {
  const good = { headers: { 'Content-Type': 'application/json' }, body: '{"sky":"rain"}' };
  const server = await createTestServer({
    routes: { '/forecast': [{ body: '{"sky":"'.padEnd(500), fault: { close: 100 } }, { status: 503 }, good] },
  });
  const manager = new QNetworkAccessManager();
  assert.equal(await forecast(manager, server.url('')), 'rain');
  assert.equal(server.requests.length, 3);
  await manager.close();
  await server.close();
  console.log('trouble: asked 3 times, rain');
}

/** A network in memory, with a clock of its own: nobody waits for three timeouts of ten seconds. */
async function testOfSilence() {
  const network = createTestNetwork({
    origins: { 'https://weather.test': { routes: { '/forecast': { fault: 'stall before head' } } } },
  });
  const before = network.clock.now();
  const error = await forecast(network.manager(), 'https://weather.test').catch((reason) => reason);
  console.log(`silence: ${error.code} after ${Math.round((network.clock.now() - before) / 1000)} s, in no time`);
  await network.close();
}

/** The first run asks the service and takes down what it says, later ones need no network. */
async function testOfTheRealThing(file, run) {
  const origin = run === 1 ? await startOrigin() : null;
  const service = origin?.url ?? recordedAt;
  recordedAt = service;
  const manager = new QNetworkAccessManager();
  const tape = cassette(manager, file);
  const news = await manager.get(`${service}/news.json`).json();
  await tape.stop();
  await manager.close();
  await origin?.close();
  console.log(`run ${run}: ${tape.mode}, ${news.length} news`);
}
let recordedAt = '';

/** A part of your own: the suite of the package knows what a jar has to keep to. */
class TidyJar extends QNetworkCookieJar {
  cookiesForUrl(url) {
    return super.cookiesForUrl(url).slice(0, 20); // who needs more
  }
}

async function testOfAJar() {
  const cases = cookieJarContract({ make: () => new TidyJar() });
  const failed = [];
  for (const { name, run } of cases) await run().catch(() => failed.push(name));
  console.log(`a jar: ${failed.length} of ${cases.length} cases failed: ${failed}`);
}

await testOfTrouble();
await testOfSilence();
const folder = mkdtempSync(join(tmpdir(), 'qnetwork-'));
for (const run of [1, 2]) await testOfTheRealThing(join(folder, 'news.har'), run);
rmSync(folder, { recursive: true });
await testOfAJar();
