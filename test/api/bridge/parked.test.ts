import { expect, it } from 'vitest';
import { park, unpark } from '../../../src/api/bridge/parked.ts';
import type { CredentialQuestion, Credentials } from '../../../src/contract/auth.ts';
import type { SecureInfo } from '../../../src/contract/security.ts';
import type { Sink } from '../../../src/contract/sink.ts';
import type { Transfer } from '../../../src/engine/assembly.ts';
import { Recorder } from '../../engine/rig.ts';

const KEY = { identity: 'me', key: Buffer.from('secret') };
const NOBODY = {} as SecureInfo;

it('a reply that waits for its reader decides about another connection for the rest of its answer', () => {
  const reply = new Recorder();
  reply.ignores = true;
  reply.key = KEY as unknown as Recorder['key'];
  reply.secret = { user: 'me', password: 'secret' } as Credentials;
  const transfer = { sink: reply as Sink } as Transfer;
  park(transfer, reply);
  const { sink } = transfer;
  expect(sink).not.toBe(reply);
  expect([sink.distrusted(NOBODY), sink.trusts(NOBODY), sink.sharesKeys, sink.sharedKey('')]).toEqual([true, true, true, KEY]);
  let said: Credentials | null = null;
  sink.credentials({} as CredentialQuestion, (credentials) => {
    said = credentials;
  });
  expect(said).toBe(reply.secret);
  unpark(transfer, reply);
  expect(transfer.sink).toBe(reply);
});
