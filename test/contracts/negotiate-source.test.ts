import type { NegotiateSource } from '../../src/index.ts';
import { type KerberosPackage, machineTickets } from '../../src/system/tickets.ts';
import { type NegotiateSourceContractOptions, negotiateSourceContract } from '../../src/testing/index.ts';
import { bites } from './bites.ts';

const TOKEN = Buffer.from('a ticket').toString('base64');

const from = (start: NegotiateSource['start'], patience = 10_000): NegotiateSourceContractOptions => ({
  make: () => ({ start }),
  service: 'HTTP@here.test',
  stranger: 'HTTP@elsewhere.test',
  patience,
});

/** Stands in for the package: it has tickets for one service. */
const kerberos: KerberosPackage = {
  GSS_MECH_OID_SPNEGO: 0,
  async initializeClient(service) {
    if (service !== 'HTTP@here.test') throw new Error('no ticket');
    return {
      contextComplete: false,
      async step(challenge) {
        if (challenge !== '') throw new Error('an answer that is none');
        return TOKEN;
      },
    };
  },
};

const shared = { step: () => TOKEN };
let busy = false;

bites(
  negotiateSourceContract,
  {
    'the tickets of the machine': {
      ...from(() => null),
      make: () => machineTickets(async () => ({ default: kerberos }), 'linux'),
    },
    'one that answers at once': from((service) =>
      service === 'HTTP@here.test' ? { step: (challenge) => (challenge === '' ? TOKEN : null) } : null,
    ),
    'one that fails when it hears nonsense': from((service) => ({
      step(challenge) {
        if (challenge !== '') throw new Error('an answer that is none');
        return service === 'HTTP@here.test' ? TOKEN : null;
      },
    })),
  },
  {
    'has nothing': from(() => null),
    'has nothing to say': from(() => ({ step: () => null })),
    'gives a promise of a conversation': from((async () => ({ step: () => TOKEN })) as never),
    'gives bytes': from(() => ({ step: () => Buffer.from('a ticket') as unknown as string })),
    'never answers': from(() => ({ step: () => new Promise(() => {}) }), 100),
    'never answers nonsense': from(() => ({ step: (challenge) => (challenge === '' ? TOKEN : new Promise(() => {})) }), 100),
    'is one conversation': from(() => shared),
    'has one conversation at a time': from(() => ({
      async step() {
        if (busy) return null;
        busy = true;
        await Promise.resolve();
        busy = false;
        return TOKEN;
      },
    })),
    'has tickets for everybody': from(() => ({ step: () => TOKEN })),
  },
);
