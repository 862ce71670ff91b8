import { systemClock } from '../base/clock.ts';
import type { Clock } from '../contract/clock.ts';
import { DOOR, type DoorOwner } from '../contract/door.ts';
import { type AnswerOptions, type HarAnswer, HarAnswers, type Wanted } from '../tools/har/answers.ts';
import { type Har, type HarEntry, HarError } from '../tools/har/format.ts';
import { keyOf, lowered } from '../tools/har/match.ts';
import { parseHar } from '../tools/har/read.ts';
import { HarRecording, type RecordOptions } from '../tools/har/record.ts';
import { textOf } from '../tools/har/text.ts';
import { HarTransport } from '../tools/har/transport.ts';
import { writeWhole } from '../tools/har/write.ts';

/** What a cassette does; see {@link CassetteOptions.mode}. */
export type CassetteMode = 'auto' | 'record' | 'replay' | 'off';

const MODES: readonly unknown[] = ['auto', 'record', 'replay', 'off'] satisfies CassetteMode[];

/** How a {@link cassette} records and replays. */
export interface CassetteOptions extends RecordOptions, AnswerOptions {
  /**
   * `auto`, the default: replay when the file is there, record when it is not. `record`: always, in the place of what was there. `replay`:
   * always, and no file is an error, which is what a build server wants. `off`: the network, and nothing is recorded.
   */
  readonly mode?: CassetteMode;
  /** `none`, the default, answers at once; `recorded` takes the time that the answers took. */
  readonly delay?: 'none' | 'recorded';
  /** When all entries that fit were used, the last one answers again; default false: one request more than was recorded is an error. */
  readonly repeat?: boolean;
}

/** A recording of a test that takes the place of the network in the next run, as {@link cassette} begins it. */
export class Cassette {
  /** Path of the file. */
  readonly file: string;
  /** What it does in this run. */
  readonly mode: Exclude<CassetteMode, 'auto'>;
  private readonly recording: HarRecording | null = null;
  private readonly answers: TapeAnswers | null = null;
  private leave: (() => void) | null = null;

  /** @internal */
  constructor(manager: DoorOwner, file: string, options: CassetteOptions, clock: Clock) {
    this.file = file;
    this.mode = modeOf(file, options.mode);
    if (this.mode === 'record') {
      const recording = new HarRecording(manager, options, clock);
      this.recording = recording;
      this.leave = () => void recording.stop();
    } else if (this.mode === 'replay') {
      this.answers = new TapeAnswers(file, load(file), { ...options, repeat: options.repeat ?? false });
      const transport = new HarTransport(this.answers, clock, options.delay === 'recorded');
      this.leave = manager[DOOR]().carryBy(['http', 'https'], transport);
    }
  }

  /** Requests that were asked for and are not in the file, `GET http://example.org/` each, without secrets. Empty unless it replays. */
  get missing(): readonly string[] {
    return this.answers?.missing ?? [];
  }

  /** The entries that nobody has asked for so far. Empty unless it replays. */
  unused(): HarEntry[] {
    return this.answers?.unused() ?? [];
  }

  /**
   * The network answers again. What was recorded is written, with the folder if there is none; the file is there as a whole or not at all, and only
   * for its owner to read. Idempotent. Rejects when it cannot be written.
   */
  async stop(): Promise<void> {
    if (!this.end() || this.recording === null) return;
    const { mkdir } = process.getBuiltinModule('node:fs').promises;
    await mkdir(process.getBuiltinModule('node:path').dirname(this.file), { recursive: true });
    await writeWhole(this.file, textOf(this.recording.har()));
  }

  /** Ends it without writing anything: for a test that went wrong. Idempotent. */
  discard(): void {
    this.end();
  }

  /** Same as `stop`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** False when it was over before. */
  private end(): boolean {
    const { leave } = this;
    this.leave = null;
    leave?.();
    return leave !== null;
  }
}

/**
 * Records what the manager sends and gets in the first run of a test, and answers from the file in all later ones, when nothing leaves the
 * machine. The file is a HAR without secrets, made to be kept beside the test.
 *
 *     const tape = cassette(manager, 'test/tapes/weather.har');
 *     try {
 *       assert.equal(await forecast(manager), 'rain');
 *     } finally {
 *       await tape.stop();
 *     }
 *
 * It replays strictly: each entry answers once, and what is not in the file fails with a ContentNotFoundError that names the request and the file. Throws
 * an Error for a file that is missing where it has to be there, a HarError for one that is no HAR, a TypeError or RangeError for options that are none.
 */
export function cassette(
  manager: DoorOwner,
  file: string | URL,
  options: CassetteOptions = {},
  clock: Clock = systemClock,
): Cassette {
  if (typeof manager?.[DOOR] !== 'function')
    throw new TypeError('cassette expects a QNetworkAccessManager, whose requests are recorded and answered.');
  const { mode = 'auto', delay = 'none' } = options;
  if (!MODES.includes(mode)) throw new TypeError(`cassette: mode is 'auto', 'record', 'replay' or 'off'; got ${String(mode)}`);
  if (delay !== 'none' && delay !== 'recorded')
    throw new TypeError(`cassette: delay is 'none' or 'recorded'; got ${String(delay)}`);
  return new Cassette(manager, pathOf(file), options, clock);
}

/** Answers that say which file has none, and what to do about it. */
class TapeAnswers extends HarAnswers {
  readonly missing: string[] = [];
  private readonly file: string;
  private readonly secretNames: readonly string[];

  constructor(file: string, har: Har, options: AnswerOptions) {
    super(har, options);
    this.file = file;
    this.secretNames = lowered(options).secretNames ?? [];
  }

  override find(wanted: Wanted): HarAnswer {
    try {
      return super.find(wanted);
    } catch (error) {
      if (!(error instanceof HarError)) throw error;
      this.missing.push(keyOf(wanted.method, wanted.url, { secretNames: this.secretNames }));
      throw new HarError(`${this.file}: ${error.message}. To record anew: mode: 'record', or delete the file`, { cause: error });
    }
  }
}

function pathOf(file: string | URL): string {
  if (typeof file === 'string' && file !== '') return file;
  if (file instanceof URL && file.protocol === 'file:') return process.getBuiltinModule('node:url').fileURLToPath(file);
  throw new TypeError('cassette expects the path of a file, or its file: URL.');
}

function modeOf(file: string, mode: CassetteMode = 'auto'): Cassette['mode'] {
  if (mode === 'record' || mode === 'off') return mode;
  if (process.getBuiltinModule('node:fs').existsSync(file)) return 'replay';
  if (mode === 'auto') return 'record';
  throw new Error(`cassette: there is no ${file} to replay. Record it: mode: 'record', or 'auto' where the network may be used`);
}

function load(file: string): Har {
  try {
    return parseHar(process.getBuiltinModule('node:fs').readFileSync(file));
  } catch (error) {
    if (error instanceof HarError) throw new HarError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}
