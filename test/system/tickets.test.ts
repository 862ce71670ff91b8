import { describe, expect, it } from 'vitest';
import { type KerberosPackage, machineTickets } from '../../src/system/tickets.ts';

/** A package that answers with these tokens; an Error is thrown. */
function fake(...tokens: (string | Error)[]) {
  const heard: string[] = [];
  let loads = 0;
  const client = {
    get contextComplete() {
      return tokens.length === 0;
    },
    step: async (challenge: string) => {
      heard.push(challenge);
      const token = tokens.shift()!;
      if (token instanceof Error) throw token;
      return token;
    },
  };
  const kerberos: KerberosPackage = {
    GSS_MECH_OID_SPNEGO: 6,
    initializeClient: async (service, { mechOID }) => {
      heard.push(`${service} ${mechOID}`);
      return client;
    },
  };
  const load = async () => {
    loads++;
    return { default: kerberos };
  };
  return { heard, load, loads: () => loads };
}

describe('tickets of this machine', () => {
  it('are asked for in the words of GSSAPI, step by step, until both know each other', async () => {
    const { heard, load, loads } = fake('first', 'second');
    const context = machineTickets(load, 'linux').start('HTTP@host.example', null)!;
    expect(loads()).toBe(0);
    expect(await context.step('')).toBe('first');
    expect(await context.step('theirs')).toBe('second');
    expect(await context.step('more')).toBeNull();
    expect(heard).toEqual(['HTTP@host.example 6', '', 'theirs']);
  });

  it('are asked for in the words of SSPI on Windows', async () => {
    const { heard, load } = fake('first');
    await machineTickets(load, 'win32').start('HTTP@host.example', null)!.step('');
    expect(heard[0]).toBe('HTTP/host.example 6');
  });

  it('are not there: nothing is to be said', async () => {
    const { load } = fake(new Error('No Kerberos credentials available'));
    expect(await machineTickets(load, 'linux').start('HTTP@host.example', null)!.step('')).toBeNull();
  });

  it.each([
    ['ERR_MODULE_NOT_FOUND', 'which is not installed: npm install kerberos'],
    ['ERR_DLOPEN_FAILED', 'which cannot be loaded (ERR_DLOPEN_FAILED): npm rebuild kerberos'],
    [undefined, 'which cannot be loaded (it is damaged): npm rebuild kerberos'],
  ])('need a package: %s', async (code, end) => {
    const load = () => Promise.reject(Object.assign(new Error('no'), { code }));
    const step = Promise.resolve(machineTickets(load).start('HTTP@host.example', null)!.step(''));
    await expect(step).rejects.toThrow(`Negotiate needs the package kerberos, ${end}`);
  });
});
