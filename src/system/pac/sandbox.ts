import type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule } from 'quickjs-emscripten';
import type { PacValue } from '../../rules/pac/calendar.ts';
import { PAC_FUNCTIONS, type PacWorld } from '../../rules/pac/functions.ts';
import type { PacCall, PacOutcome } from './calls.ts';

/** Matching costs the product of two lengths, and nobody can interrupt it. */
const LONGEST_ARGUMENT = 4096;
const LONGEST_ANSWER = 16_384;
const LONGEST_ALERT = 512;
const MOST_ALERTS = 50;
const STACK_BYTES = 256 * 1024;

/** Found by name and not as properties, because a script may have written `const FindProxyForURL = …`. */
const ENTRY =
  ['FindProxyForURLEx', 'FindProxyForURL'].map((name) => `typeof ${name} === 'function' ? ${name} : `).join('') + 'null';

/** A script in a runtime of its own, which sees nothing of Node.js: the language, the functions for scripts and no more. */
export class Sandbox {
  private readonly engine: QuickJSWASMModule;
  private readonly script: string;
  private readonly now: () => number;
  private runtime: QuickJSRuntime | null = null;
  private context: QuickJSContext | null = null;
  private call: PacCall | null = null;
  private deadline = 0;
  /** The name that is not known yet. The run is over then, and whatever the script does with the rest of it is for nothing. */
  private wanted: string | null = null;
  private alerts: string[] = [];

  /** `now` gives monotonic milliseconds. */
  constructor(engine: QuickJSWASMModule, script: string, now: () => number) {
    this.engine = engine;
    this.script = script;
    this.now = now;
  }

  run(call: PacCall): PacOutcome {
    this.call = call;
    this.deadline = this.now() + call.time;
    this.wanted = null;
    this.alerts = [];
    try {
      return this.load() ?? this.ask(this.context!, call);
    } catch (problem) {
      // WebAssembly itself ran out of stack or stopped
      const why = problem instanceof RangeError ? 'it recurses too deeply' : 'it has broken the engine it runs in';
      return { kind: 'problem', message: why, broken: true };
    }
  }

  dispose(): void {
    this.context?.dispose();
    this.runtime?.dispose();
    this.context = null;
    this.runtime = null;
  }

  private load(): PacOutcome | null {
    if (this.context !== null) return null;
    this.runtime ??= this.newRuntime();
    const context = this.runtime.newContext();
    for (const name of Object.keys(PAC_FUNCTIONS)) this.offer(context, name);
    this.context = context;
    const outcome = this.evaluate(context, this.script);
    if (!('kind' in outcome)) {
      outcome.dispose();
      return null;
    }
    // the next run begins with a new one
    context.dispose();
    this.context = null;
    return outcome;
  }

  private newRuntime(): QuickJSRuntime {
    const runtime = this.engine.newRuntime();
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(() => this.over);
    return runtime;
  }

  private get over(): boolean {
    return this.wanted !== null || this.now() >= this.deadline;
  }

  private ask(context: QuickJSContext, call: PacCall): PacOutcome {
    const entry = this.evaluate(context, ENTRY);
    return 'kind' in entry ? entry : entry.consume((found) => this.callEntry(context, found, call));
  }

  private callEntry(context: QuickJSContext, entry: QuickJSHandle, call: PacCall): PacOutcome {
    if (context.typeof(entry) !== 'function') return plain('it has no function FindProxyForURL');
    const args = [context.newString(call.url), context.newString(call.host)];
    const result = context.callFunction(entry, context.undefined, args);
    for (const arg of args) arg.dispose();
    if (result.error !== undefined) return this.failed(context, result.error);
    return result.value.consume((value) => this.answerIn(context, value));
  }

  private answerIn(context: QuickJSContext, value: QuickJSHandle): PacOutcome {
    if (this.wanted !== null) return { kind: 'wants', name: this.wanted };
    const type = context.typeof(value);
    if (type !== 'string') return plain(`FindProxyForURL returned ${type === 'object' ? 'an object or null' : type}, not a text`);
    const length = context.getProp(value, 'length').consume((handle) => context.getNumber(handle));
    if (length > LONGEST_ANSWER) return plain(`FindProxyForURL returned more than ${LONGEST_ANSWER} characters`);
    const text = context.getString(value);
    // what cannot be read for want of memory comes as nothing, which would mean: directly
    if (text === '' && length > 0) return { kind: 'problem', message: 'it takes too much memory', broken: true };
    return { kind: 'answer', text, alerts: this.alerts };
  }

  private evaluate(context: QuickJSContext, code: string): QuickJSHandle | PacOutcome {
    const result = context.evalCode(code, 'proxy.pac', { type: 'global' });
    if (result.error !== undefined) return this.failed(context, result.error);
    if (this.wanted === null) return result.value;
    result.value.dispose();
    return { kind: 'wants', name: this.wanted };
  }

  private failed(context: QuickJSContext, error: QuickJSHandle): PacOutcome {
    const message = error.consume((held) => (this.over ? '' : describe(context, held)));
    if (this.wanted !== null) return { kind: 'wants', name: this.wanted };
    if (this.over) return { kind: 'problem', message: 'it takes too long', broken: true };
    if (/^InternalError: out of memory/.test(message))
      return { kind: 'problem', message: 'it takes too much memory', broken: true };
    return plain(message);
  }

  private offer(context: QuickJSContext, name: string): void {
    const f = context.newFunction(name, (...handles) => {
      const result = this.answer(
        name,
        handles.map((handle) => fromScript(context, handle)),
      );
      if (typeof result === 'string') return context.newString(result);
      if (typeof result === 'number') return context.newNumber(result);
      if (typeof result === 'boolean') return result ? context.true : context.false;
      return result === null ? context.null : context.undefined;
    });
    context.setProp(context.global, name, f);
    f.dispose();
  }

  private answer(name: string, values: readonly PacValue[]): PacValue {
    // a script that catches everything goes on until the engine looks at the time
    if (this.over) throw new Error('the run is over');
    if (values.some((value) => typeof value === 'string' && value.length > LONGEST_ARGUMENT))
      throw new RangeError(`${name} takes no more than ${LONGEST_ARGUMENT} characters`);
    return PAC_FUNCTIONS[name]!(this.world, values);
  }

  private readonly world: PacWorld = {
    now: () => this.call!.now,
    own: () => this.call!.own,
    addresses: (name) => {
      const addresses = this.call!.known.get(name);
      if (addresses !== undefined) return addresses;
      this.wanted = name;
      throw new Error('the name is not known yet');
    },
    alert: (text) => {
      if (this.alerts.length < MOST_ALERTS) this.alerts.push(oneLine(text, LONGEST_ALERT));
      return undefined;
    },
  };
}

function plain(message: string): PacOutcome {
  return { kind: 'problem', message, broken: false };
}

function fromScript(context: QuickJSContext, handle: QuickJSHandle): PacValue {
  switch (context.typeof(handle)) {
    case 'string':
      return context.getString(handle);
    case 'number':
      return context.getNumber(handle);
    case 'boolean':
      return context.sameValue(handle, context.true);
    default:
      return undefined;
  }
}

/** What was thrown, with the line of the script. Reading it may run the script again, within the same limits. */
function describe(context: QuickJSContext, error: QuickJSHandle): string {
  if (context.typeof(error) !== 'object') return `it throws ${oneLine(String(context.dump(error)), 200)}`;
  const text = (name: string): string =>
    context.getProp(error, name).consume((value) => (context.typeof(value) === 'string' ? context.getString(value) : ''));
  const line = /proxy\.pac:(\d+)/.exec(text('stack'))?.[1];
  return oneLine(`${text('name') || 'an object'}: ${text('message')}`, 200) + (line === undefined ? '' : ` (line ${line})`);
}

/** The text of strangers, for one line of a log. */
function oneLine(text: string, most: number): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return clean.length > most ? `${clean.slice(0, most)}…` : clean;
}
