// Door for the differential oracle: carries out one scenario file with the built package and prints one trace.
//   node test/adapters/oracle.mjs SCENARIO.json
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as q from '../../dist/index.js';
import { perform } from '../parity/lib/perform.mjs';
import { trust } from '../parity/lib/settings.mjs';

// The recordings were made with this locale; it decides about Accept-Language.
process.env.LC_ALL = 'en_US.UTF-8';

const file = process.argv[2];
const scenario = JSON.parse(readFileSync(file, 'utf8'));
const version = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

/**
 * Without QSslConfiguration the certificates of a scenario become trusted as they would for any Node program: by NODE_EXTRA_CA_CERTS,
 * which is read at the start of a process. A scenario that cannot come near TLS is spared the second start.
 */
function startTrusting() {
  const names = scenario.trust ?? ['ca'];
  const nearTls = /https|Encrypted/.test(JSON.stringify(scenario.steps)) || Object.keys(scenario.ports).length > 1;
  if (names.length === 0 || !nearTls || process.env.ORACLE_TRUSTING !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  const bundle = join(folder, 'ca.pem');
  writeFileSync(bundle, names.map((n) => readFileSync(join(scenario.certs, `${n}.pem`), 'utf8')).join('\n'));
  const again = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), file], {
    stdio: 'inherit',
    env: { ...process.env, NODE_EXTRA_CA_CERTS: bundle, ORACLE_TRUSTING: '1' },
  });
  rmSync(folder, { recursive: true, force: true });
  process.exit(again.status ?? 1);
}

function print(trace) {
  const problem = trace.problem !== undefined;
  process.stdout.write(JSON.stringify({ schema: 1, runner: `qnetwork ${version}, Node ${process.version}`, ...trace }), () =>
    process.exit(problem ? 1 : 0),
  );
}

const failed = (e) => print({ events: [], replies: {}, values: {}, problem: String(e?.stack ?? e) });

if (!trust(q, scenario)) startTrusting();
process.on('uncaughtException', failed);
perform(q, scenario).then(print, failed);
