import assert from 'node:assert/strict';
import type { NegotiateContext, NegotiateSource } from '../../index.ts';
import { type ContractCase, casesOf, soon, type Trial } from './case.ts';

/** Which sources of tickets are tried, and with what. */
export interface NegotiateSourceContractOptions {
  make(): NegotiateSource | Promise<NegotiateSource>;
  /** A service that there is a ticket for, `HTTP@intranet.example.org`. */
  readonly service: string;
  /** A service that there is no ticket for. Left out, none is tried. */
  readonly stranger?: string;
  /** Milliseconds after which a source that does not answer has failed; default 10000. */
  readonly patience?: number;
}

/** As long as the hash of a certificate (RFC 5929 4). */
const BINDING = new Uint8Array(32).fill(7);
/** Nothing that any peer would say. */
const NONSENSE = Buffer.from('nonsense').toString('base64');

class TicketsOnTrial {
  readonly options: NegotiateSourceContractOptions;
  private readonly source: NegotiateSource;

  constructor(source: NegotiateSource, options: NegotiateSourceContractOptions) {
    this.source = source;
    this.options = options;
  }

  start(binding: Uint8Array | null = null, service = this.options.service): NegotiateContext | null {
    const context: NegotiateContext | null | undefined = this.source.start(service, binding);
    assert.ok(
      context === null || typeof context?.step === 'function',
      `start(${service}) is to give null, or an object with step()`,
    );
    return context;
  }

  begun(binding?: Uint8Array): NegotiateContext {
    const context = this.start(binding);
    assert.ok(context !== null, `start gave null for ${this.options.service}, for which there is a ticket`);
    return context;
  }

  async step(context: NegotiateContext, challenge = ''): Promise<string | null> {
    const token: unknown = await soon('step', context.step(challenge) as unknown, this.options.patience);
    if (token === null) return null;
    assert.ok(typeof token === 'string' && /^[A-Za-z0-9+/]+=*$/.test(token), 'step is to give base64, or null');
    return token;
  }
}

const trials: readonly Trial<TicketsOnTrial>[] = [
  {
    name: 'a conversation begins with a message, whether the connection can be bound to or not',
    async run(trial) {
      assert.notEqual(await trial.step(trial.begun()), null, 'there is no first message');
      assert.notEqual(await trial.step(trial.begun(BINDING)), null, 'there is no first message with a binding');
    },
  },
  {
    name: 'conversations at the same time have nothing to do with each other',
    async run(trial) {
      const [first, second] = [trial.begun(), trial.begun()];
      assert.notEqual(first, second, 'two conversations are one');
      const tokens = await Promise.all([trial.step(first), trial.step(second)]);
      assert.ok(!tokens.includes(null), 'one of two who began at the same time has nothing to say');
    },
  },
  {
    name: 'nonsense from the other side is answered, if only by an error',
    async run(trial) {
      const context = trial.begun();
      await trial.step(context);
      await trial.step(context, NONSENSE).catch((problem: unknown) => {
        if (problem instanceof assert.AssertionError) throw problem;
      });
    },
  },
  {
    name: 'where there is no ticket there is nothing to be said',
    on: 'stranger',
    async run(trial) {
      const context = trial.start(null, trial.options.stranger!);
      const token = context === null ? null : await trial.step(context);
      assert.ok(token === null, 'there is a message for a service that there is no ticket for');
    },
  },
];

/**
 * What a manager counts on with `source` of its option `negotiate`, as cases for any test runner. No message of theirs has a ticket in it.
 *
 *     import { negotiateSourceContract } from 'qnetwork/testing';
 *     import { test } from 'node:test';
 *
 *     const options = { make: () => new MyTickets(), service: 'HTTP@intranet.example.org' };
 *     for (const { name, run } of negotiateSourceContract(options)) test(name, run);
 */
export function negotiateSourceContract(options: NegotiateSourceContractOptions): readonly ContractCase[] {
  const made = async (): Promise<TicketsOnTrial> => new TicketsOnTrial(await options.make(), options);
  return casesOf(trials, { make: made, stranger: options.stranger === undefined ? undefined : made });
}
