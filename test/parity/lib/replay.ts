import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { peersFolder } from '../../support/tls.ts';
import { bytesOf } from './bytes.mjs';
import { listen } from './listen.ts';
import type { Listener } from './listener.ts';
import { normalise, type Run, resolve } from './normalise.ts';
import { perform } from './perform.mjs';
import { trust } from './settings.mjs';
import type { Scenario, Trace } from './types.ts';

export interface Recording {
  readonly scenario: Scenario;
  readonly trace: Trace;
}

/** The groups there are. */
export function recordedGroups(): string[] {
  return readdirSync(new URL('../golden/', import.meta.url)).map((file) => file.replace(/\.json$/, ''));
}

/** The recordings of a group, `golden/<group>.json`. */
export function recordings(group: string): Recording[] {
  return JSON.parse(readFileSync(new URL(`../golden/${group}.json`, import.meta.url), 'utf8')) as Recording[];
}

// Sun, 06 Nov 1994 08:49:37 GMT, the date of the files when the recordings were made.
const FILE_DATE = 784_111_777;

function writeFiles(files: Scenario['files'], folder: string): void {
  for (const [name, spec] of Object.entries(files ?? {})) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytesOf(spec));
    utimesSync(path, FILE_DATE, FILE_DATE);
  }
}

/** Carries out a scenario against servers of its own and returns what could be seen. */
export async function replay(library: object, scenario: Scenario): Promise<Trace> {
  const tmp = mkdtempSync(join(tmpdir(), 'parity-'));
  const listeners: Record<string, Listener> = {};
  try {
    const ports: Record<string, number> = {};
    const run: Run = { ports, tmp, epoch: Math.floor(Date.now() / 1000) };
    const scripts = scenario.listeners ?? {};
    for (const [name, script] of Object.entries(scripts)) {
      listeners[name] = await listen(script, { scripts, fill: (value) => resolve(value, run) });
      ports[name] = listeners[name].port;
    }
    writeFiles(scenario.files, tmp);
    const resolved = { ...resolve(scenario, run), tmp, certs: peersFolder, epoch: run.epoch };
    if (Object.values(scripts).some((script) => 'tls' in script)) trust(library, resolved);
    const raw = await perform(library, resolved);
    return normalise(raw, listeners, run);
  } finally {
    await Promise.all(Object.values(listeners).map((l) => l.close()));
    rmSync(tmp, { recursive: true, force: true });
  }
}
