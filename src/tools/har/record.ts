import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../contract/clock.ts';
import { DOOR, type DoorOwner } from '../../contract/door.ts';
import { Drafts } from './drafts.ts';
import { entryOf } from './entry.ts';
import type { Har } from './format.ts';
import { textOf } from './text.ts';
import { version } from './version.ts';
import { writeWhole } from './write.ts';

/** How a recording is made. */
export interface RecordOptions {
  /** Credentials, cookies, tokens and the like stay in it; default false: `***` stands in their place. */
  readonly secrets?: boolean;
  /** Further names of header fields, parameters, form fields and JSON members that hold secrets. */
  readonly secretNames?: readonly string[];
  /** Bytes of a body, as it goes over the wire, from which on it is left out; default 10 MiB. 0 = no bodies. */
  readonly bodyLimit?: number;
  /** Bytes of memory that heads and bodies take, from which on bodies are left out, and heads are not; default 256 MiB. 0 = no bodies. */
  readonly mostBytes?: number;
  /** Trips that are recorded at most; default 10000. Later ones are counted in the comment of the log. */
  readonly mostEntries?: number;
  /** For the log. */
  readonly comment?: string;
}

const BODY_LIMIT = 10_485_760;
const MOST_BYTES = 268_435_456;
const MOST_ENTRIES = 10_000;

/** A recording under way, as {@link recordHar} begins it. */
export class HarRecording {
  private readonly drafts: Drafts;
  private readonly options: RecordOptions;
  private readonly wallAhead: number;
  private leave: () => void;

  /** @internal */
  constructor(source: DoorOwner, options: RecordOptions, clock: Clock) {
    const { bodyLimit = BODY_LIMIT, mostBytes = MOST_BYTES, mostEntries = MOST_ENTRIES } = options;
    this.options = options;
    this.wallAhead = clock.wall() - clock.now();
    this.drafts = new Drafts({
      bodyLimit: whole('bodyLimit', bodyLimit),
      mostBytes: whole('mostBytes', mostBytes),
      mostEntries: whole('mostEntries', mostEntries),
    });
    this.leave = source[DOOR]().record(this.drafts);
  }

  /** Trips that were recorded so far, without those under way. */
  get count(): number {
    return this.drafts.count;
  }

  /** What was recorded so far. Trips under way are in it as far as they have got. */
  har(): Har {
    const { drafts, options, wallAhead } = this;
    const { secrets = false, secretNames = [], comment } = options;
    const names = secretNames.map((name) => name.toLowerCase());
    const settings = { secrets, secretNames: names, wallAhead };
    const remarks = [comment ?? '', drafts.dropped > 0 ? `${drafts.dropped} further requests were not recorded` : ''];
    const remark = remarks.filter((text) => text !== '').join('; ');
    return {
      log: {
        version: '1.2',
        creator: { name: 'qnetwork', version: version() },
        entries: Array.from(drafts.told(), (draft) => entryOf(draft, settings)),
        ...(remark === '' ? {} : { comment: remark }),
      },
    };
  }

  /** Ends the recording, and gives all of it. */
  stop(): Har {
    this.leave();
    this.leave = () => {};
    return this.har();
  }

  /** Writes what was recorded so far. The file is there as a whole or not at all, and only for its owner to read. */
  async save(path: string): Promise<void> {
    await writeWhole(path, textOf(this.har()));
  }
}

/**
 * Records what the manager sends and gets from now on, for HAR viewers and for `replayHar`. Each trip is an entry of its own: redirects,
 * rounds of authentication, resends, answers out of the store. Secrets are left out unless asked for. Throws a RangeError for limits that are none.
 *
 *     const recording = recordHar(manager);
 *     await manager.get('http://example.org/').text();
 *     await recording.save('session.har');
 *     recording.stop();
 */
export function recordHar(manager: DoorOwner, options: RecordOptions = {}, clock: Clock = systemClock): HarRecording {
  return new HarRecording(manager, options, clock);
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`recordHar: ${name} is a whole number from 0; got ${String(value)}`);
}
