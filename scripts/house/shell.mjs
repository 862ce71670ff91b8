// @ts-check
// A shell that goes through the steps of a guide.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { agrees } from './guide.mjs';

/** Milliseconds for a command, also until one that stays has shown what it has to. */
const PATIENCE = 60_000;

/** Lines in which npm speaks about itself and the settings of the machine. */
const NPM = /^npm (?:warn|notice)\b.*\n?/gm;

/**
 * Where a guide is followed: `folder` changes with `cd`; what a guide calls by one name and is another here goes through `enter`, and what was
 * printed through `leave`.
 * @typedef {{
 *   enter?: (text: string) => string,
 *   leave?: (text: string) => string,
 *   environment?: NodeJS.ProcessEnv,
 * }} Place
 */

export class Shell {
  /** @type {Set<import('node:child_process').ChildProcess>} */
  #running = new Set();
  #enter;
  #leave;
  #environment;

  /** @param {string} folder @param {Place} [place] */
  constructor(folder, { enter = (text) => text, leave = (text) => text, environment = process.env } = {}) {
    this.folder = folder;
    this.#enter = enter;
    this.#leave = leave;
    this.#environment = environment;
  }

  /** What stands in a file or a command here. @param {string} text */
  entered(text) {
    return this.#enter(text);
  }

  /** Another shell in the same folder. Whatever it does, this one stays where it is. */
  aside() {
    return new Shell(this.folder, { enter: this.#enter, leave: this.#leave, environment: this.#environment });
  }

  /** @param {import('./guide.mjs').FileStep} step */
  write({ name, text }) {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, this.#enter(text));
  }

  /**
   * Runs the commands of a step and says what is wrong with what they did, '' when all is well.
   * @param {Pick<import('./guide.mjs').RunStep, 'script' | 'stays' | 'prints'>} step @returns {Promise<string>}
   */
  run({ script, stays, prints }) {
    // the folder that it ends in is told on a channel of its own
    const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', `trap 'pwd >&3' EXIT\nexec 2>&1\n${this.#enter(script)}`], {
      cwd: this.folder,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // a group of its own, which can be ended with all that it has started
      detached: true,
    });
    this.#running.add(child);
    let out = '';
    let folder = '';
    let stopped = false;
    const printed = () => this.#leave(out).replace(NPM, '');
    /** @param {string} problem */
    const told = (problem) =>
      `${problem}\n--- the guide runs\n${script}--- and shows\n${prints ?? ''}--- but this was printed\n${printed()}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        stopped = true;
        end(child);
        resolve(told(`took longer than ${PATIENCE / 1000} s`));
      }, PATIENCE);
      const look = () => {
        if (stays === '' || stopped || !agrees(prints ?? '…', printed())) return;
        clearTimeout(timer);
        if (stays === 'end') return resolve('');
        stopped = true;
        end(child);
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
          out += text;
          look();
        });
      }
      /** @type {import('node:stream').Readable} */ (child.stdio[3]).setEncoding('utf8').on('data', (text) => {
        folder += text;
      });
      child.on('error', (error) => resolve(told(error.message)));
      child.on('close', (code) => {
        clearTimeout(timer);
        this.#running.delete(child);
        if (folder.trim() !== '' && stays === '') this.folder = folder.trim();
        if (stopped) resolve('');
        else if (stays !== '') resolve(told(`ended with ${code} although it should stay`));
        else if (code !== 0) resolve(told(`ended with ${code}`));
        else resolve(prints === null || agrees(prints, printed()) ? '' : told('printed something else'));
      });
    });
  }

  /** Ends what still runs. */
  close() {
    for (const child of this.#running) end(child);
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function end({ pid }) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // it has ended by itself
  }
}
