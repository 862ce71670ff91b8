// What becomes of a session when something happens: one step at a time, and what is told of it, in order.
import { SessionError, State } from './bearer-enums.ts';
import type { Ways } from './configurations.ts';

/** Where a session stands. Ways are names of interfaces, '' = none. */
export interface Standing {
  readonly state: State;
  readonly open: boolean;
  /** The way that is used. */
  readonly active: string;
  /** Left for the active one, which is being tried; or lost, and taken again when it comes back. */
  readonly previous: string;
  /** Proposed to the program, which has not answered yet. */
  readonly offered: string;
  /** Refused by the program while it was the best. */
  readonly refused: string;
  /** Somebody else ends it. */
  readonly aborted: boolean;
}

/** `look`: the ways may be others; said after each step until nothing changes any more. `stopped`: somebody else has ended all sessions. */
export type Happening = 'open' | 'close' | 'stop' | 'stopped' | 'migrate' | 'accept' | 'reject' | 'ignore' | 'late' | 'look';

export type Told =
  | { readonly signal: 'stateChanged'; readonly state: State }
  | { readonly signal: 'opened' | 'closed' | 'newConfigurationActivated' }
  | { readonly signal: 'preferredConfigurationChanged'; readonly way: string }
  | { readonly signal: 'error'; readonly error: SessionError };

export interface Step {
  readonly standing: Standing;
  readonly told: readonly Told[];
}

/** What is around a session. */
export interface Around extends Ways {
  /** All sessions of the configuration were ended, and none was opened since. */
  readonly stopped: boolean;
  /** The program wants to say itself when to move. */
  readonly asks: boolean;
  /** An open session of the configuration by which the program says where all of them go; null = there is none, or this is it. */
  readonly leader: Standing | null;
  /** The way that another open session of the configuration is on, '' = none. */
  readonly joins: string;
}

export const UNOPENED: Standing = Object.freeze({
  state: State.Invalid,
  open: false,
  active: '',
  previous: '',
  offered: '',
  refused: '',
  aborted: false,
});

/** null = nothing changes. */
export function step(from: Standing, what: Happening, around: Around): Step | null {
  return STEPS[what](from, around);
}

/** What the session waits for by the clock: an interface that is not up yet, or another way instead of the one it has lost. */
export function waitsFor({ state, active }: Standing): 'connect' | 'way' | null {
  if (state === State.Connecting) return 'connect';
  return state === State.Roaming && active === '' ? 'way' : null;
}

const STEPS: Readonly<Record<Happening, (from: Standing, around: Around) => Step | null>> = {
  open(from, around) {
    const { known, up, hope } = around;
    if (from.open || from.state === State.Connecting || from.state === State.Closing) return null;
    if (!known || (up.length === 0 && !hope)) return to(from, {}, error(SessionError.InvalidConfigurationError));
    if (from.state !== State.Connected) return to(from, { state: State.Connecting }, state(State.Connecting));
    return to(from, { open: true, active: first(around) }, OPENED);
  },

  close(from, around) {
    if (!from.open && from.state !== State.Connecting) return null;
    const rests = resting(around, State.Disconnected);
    const told = rests === from.state ? [] : [state(rests)];
    return to(UNOPENED, { state: rests }, ...told, ...(from.open ? [CLOSED] : []));
  },

  stop: (from) => (endable(from) ? to(from, { state: State.Closing }, state(State.Closing)) : null),

  stopped: (from) => (endable(from) ? to(from, { state: State.Closing, aborted: from.open }, state(State.Closing)) : null),

  migrate(from) {
    const { offered, active, previous } = from;
    if (!from.open || offered === '') return null;
    const roams = from.state === State.Roaming ? [] : [state(State.Roaming)];
    const left = active === '' ? previous : active;
    return to(from, { state: State.Roaming, active: offered, previous: left, offered: '' }, ...roams, ACTIVATED);
  },

  accept: (from) => (tries(from) ? to(from, { state: State.Connected, previous: '' }, state(State.Connected)) : null),

  reject: (from, around) => (tries(from) ? back({ ...from, refused: from.active }, around) : null),

  ignore: (from) => (from.offered === '' ? null : to(from, { offered: '', refused: from.offered })),

  late(from, around) {
    const waits = waitsFor(from);
    if (waits === null) return null;
    const ended = { state: State.Disconnected };
    if (waits === 'connect') return to(from, ended, state(State.Disconnected), error(SessionError.UnknownSessionError));
    const why = around.roaming ? SessionError.RoamingError : SessionError.SessionAbortedError;
    return to(UNOPENED, ended, state(State.Disconnected), CLOSED, error(why));
  },

  look(from, around) {
    if (from.state === State.Closing) return ended(from);
    if (from.state === State.Connecting) {
      const active = first(around);
      return active === '' ? null : to(from, { state: State.Connected, open: true, active }, state(State.Connected), OPENED);
    }
    if (!from.open) {
      const rests = resting(around, from.state);
      return rests === from.state ? null : to(from, { state: rests }, state(rests));
    }
    if (around.leader !== null) return goAlong(from, around.leader, around);
    if (tries(from)) return around.up.includes(from.active) ? null : back(from, around);
    return from.state === State.Roaming ? seek(from, around) : compare(from, around);
  },
};

/** Where a session begins: sessions of one configuration are on one way. */
function first({ up, joins }: Around): string {
  return up.includes(joins) ? joins : (up[0] ?? '');
}

/** A session that is not open shows how its interface is. One that came to its end stays so until there is a way again. */
function resting({ known, up, hope, stopped }: Around, before: State): State {
  if (!known) return State.Invalid;
  if (up.length > 0) return stopped ? State.Disconnected : State.Connected;
  return hope || before === State.Disconnected ? State.Disconnected : State.NotAvailable;
}

function endable({ state: now, open }: Standing): boolean {
  return open || now === State.Connected || now === State.Connecting;
}

function ended({ open, aborted }: Standing): Step {
  const told = [...(open ? [CLOSED] : []), ...(aborted ? [error(SessionError.SessionAbortedError)] : [])];
  return to(UNOPENED, { state: State.Disconnected }, state(State.Disconnected), ...told);
}

/** A new way was taken, and the program has not said yet whether it is good. */
function tries({ state: now, open, active }: Standing): boolean {
  return open && now === State.Roaming && active !== '';
}

/** The way that was tried is none. */
function back(from: Standing, { up }: Around): Step {
  const { previous } = from;
  if (!up.includes(previous)) return to(from, { active: '' });
  return to(from, { state: State.Connected, active: previous, previous: '' }, state(State.Connected));
}

/** On a way: is it still there, and is there a better one? */
function compare(from: Standing, around: Around): Step | null {
  const [best = ''] = around.up;
  if (!around.up.includes(from.active)) return lose(from);
  if (!around.asks || best === from.active)
    return from.offered + from.refused === '' ? null : to(from, { offered: '', refused: '' });
  return propose(from, best);
}

/** Without a way: is the old one there again, or another? */
function seek(from: Standing, around: Around): Step | null {
  const { up, asks } = around;
  const [best] = up;
  if (up.includes(from.previous))
    return to(from, { state: State.Connected, active: from.previous, previous: '', offered: '' }, state(State.Connected));
  if (best === undefined) return from.offered === '' ? null : to(from, { offered: '' });
  if (asks) return propose(from, best);
  return to(from, { state: State.Connected, active: best, previous: '', offered: '' }, ACTIVATED, state(State.Connected));
}

/** Where the leader is, by the same steps. */
function goAlong(from: Standing, leader: Standing, around: Around): Step | null {
  const { active } = leader;
  if (!around.up.includes(active)) return around.up.includes(from.active) || from.active === '' ? null : lose(from);
  if (from.active !== active) {
    const roams = from.state === State.Roaming ? [] : [state(State.Roaming)];
    const left = from.active === '' ? from.previous : from.active;
    return to(from, { state: State.Roaming, active, previous: left, offered: '' }, ...roams, ACTIVATED);
  }
  if (from.state === leader.state) return null;
  return to(from, { state: leader.state, previous: leader.previous }, state(leader.state));
}

function lose(from: Standing): Step {
  const roams = from.state === State.Roaming ? [] : [state(State.Roaming)];
  return to(from, { state: State.Roaming, active: '', previous: from.active, offered: '', refused: '' }, ...roams);
}

function propose(from: Standing, best: string): Step | null {
  if (best === from.offered || best === from.refused) return null;
  return to(from, { offered: best, refused: '' }, { signal: 'preferredConfigurationChanged', way: best });
}

const OPENED: Told = Object.freeze({ signal: 'opened' });
const CLOSED: Told = Object.freeze({ signal: 'closed' });
const ACTIVATED: Told = Object.freeze({ signal: 'newConfigurationActivated' });

function state(now: State): Told {
  return { signal: 'stateChanged', state: now };
}

function error(why: SessionError): Told {
  return { signal: 'error', error: why };
}

function to(from: Standing, changes: Partial<Standing>, ...told: Told[]): Step {
  return { standing: { ...from, ...changes }, told };
}
