import { describe, expect, it } from 'vitest';
import { readOcspResponse } from '../../../src/rules/ocsp-response.ts';
import { stapleDoubts } from '../../../src/wire/dial/staple.ts';
import { mint } from '../../support/mint.ts';
import { ocspResponse, refusal, type Saying } from '../../support/ocsp.ts';

const issuer = mint({ name: 'authority', authority: true });
const about = mint({ name: 'site', by: issuer });
const other = mint({ name: 'other', by: issuer });
const namesake = mint({ name: 'authority', authority: true });
const stranger = mint({ name: 'stranger', authority: true });
const delegate = mint({ name: 'responder', by: issuer, purpose: 'OCSP' });
const server = mint({ name: 'server', by: issuer });
const foreign = mint({ name: 'responder', by: stranger, purpose: 'OCSP' });
const retired = mint({ name: 'retired', by: issuer, purpose: 'OCSP', to: new Date(Date.now() - 1000) });
const chain = [about.raw, issuer.raw];

const DAY = 86_400_000;
const now = Date.now();
const at = (offset: number): Date => new Date(now + offset);

function told(response: Uint8Array | null, shown: readonly Uint8Array[] = chain): string[] {
  return stapleDoubts({ response }, shown, now).map((doubt) => `${doubt.code} ${doubt.at}`);
}

describe('what comes along with a certificate', () => {
  const fine: [what: string, saying: Partial<Saying>][] = [
    ['the issuer says it', {}],
    ['the issuer says it, named by its key', { byKey: true }],
    ['somebody says it whom the issuer lets', { by: delegate, along: [delegate] }],
    ['the same, named by its key, behind others', { by: delegate, along: [server, foreign, delegate], byKey: true }],
    ['the clock is a little slow', { from: at(50_000) }],
    ['the clock is a little fast', { from: at(-DAY), to: at(-50_000) }],
    ['it does not end, and is not old', { from: at(-9 * DAY), to: null }],
  ];
  for (const [what, saying] of fine)
    it(`is good: ${what}`, () => expect(told(ocspResponse({ about, issuer, ...saying }))).toEqual([]));

  const bad: [what: string, saying: Partial<Saying>, doubts: string[]][] = [
    ['revoked', { status: 'revoked' }, ['CERT_REVOKED 0']],
    ['unknown', { status: 'unknown' }, ['OCSP_UNKNOWN 0']],
    ['over', { from: at(-DAY), to: at(-70_000) }, ['OCSP_EXPIRED 0']],
    ['not begun', { from: at(70_000) }, ['OCSP_EXPIRED 0']],
    ['backwards', { from: at(30_000), to: at(20_000) }, ['OCSP_EXPIRED 0']],
    ['without an end, and old', { from: at(-11 * DAY), to: null }, ['OCSP_EXPIRED 0']],
    ['about another certificate', { about: other }, ['OCSP_OTHER_CERTIFICATE 0']],
    ['about another authority', { issuer: stranger, by: issuer }, ['OCSP_OTHER_CERTIFICATE 0']],
    ['about a namesake of the authority', { issuer: namesake, by: issuer }, ['OCSP_OTHER_CERTIFICATE 0']],
    ['damaged', { forged: true }, ['OCSP_UNTRUSTED -1']],
    ['signed with SHA-1', { digest: 'sha1' }, ['OCSP_UNTRUSTED -1']],
    ['signed by a stranger', { by: stranger, along: [stranger] }, ['OCSP_UNTRUSTED -1']],
    ['signed by a server of the issuer', { by: server, along: [server] }, ['OCSP_UNTRUSTED -1']],
    ['signed by whom a stranger lets', { by: foreign, along: [foreign] }, ['OCSP_UNTRUSTED -1']],
    ['signed by whom the issuer once let', { by: retired, along: [retired] }, ['OCSP_UNTRUSTED -1']],
    ['signed by somebody who is not there', { by: delegate }, ['OCSP_UNTRUSTED -1']],
    ['said twice', { times: 2 }, ['OCSP_MALFORMED_RESPONSE -1']],
    ['said not at all', { times: 0 }, ['OCSP_MALFORMED_RESPONSE -1']],
    [
      'everything at once',
      { about: other, by: stranger, status: 'revoked', to: at(-DAY) },
      ['OCSP_UNTRUSTED -1', 'OCSP_OTHER_CERTIFICATE 0', 'OCSP_EXPIRED 0', 'CERT_REVOKED 0'],
    ],
  ];
  for (const [what, saying, doubts] of bad)
    it(`is doubtful: ${what}`, () => expect(told(ocspResponse({ about, issuer, ...saying }))).toEqual(doubts));

  it('may say why it says nothing', () => {
    const words = [1, 2, 3, 4, 5, 6, 0].map((status) => told(refusal(status))[0]);
    expect(words).toEqual([
      'OCSP_MALFORMED_REQUEST -1',
      'OCSP_INTERNAL_ERROR -1',
      'OCSP_TRY_LATER -1',
      'OCSP_MALFORMED_RESPONSE -1',
      'OCSP_SIGNATURE_REQUIRED -1',
      'OCSP_UNAUTHORIZED -1',
      'OCSP_MALFORMED_RESPONSE -1',
    ]);
  });

  it('may be missing', () => expect(told(null)).toEqual(['OCSP_NO_RESPONSE -1']));

  it('cannot be trusted where the issuer is unknown, or only looks like it', () => {
    const doubts = ['OCSP_UNTRUSTED -1', 'OCSP_OTHER_CERTIFICATE 0'];
    const response = ocspResponse({ about, issuer });
    expect(told(response, [about.raw])).toEqual(doubts);
    expect(told(response, [about.raw, mint({ name: 'authority', authority: true }).raw])).toEqual(doubts);
  });

  it('may be about an authority that stands for itself', () => {
    expect(told(ocspResponse({ about: issuer, issuer }), [issuer.raw])).toEqual([]);
  });

  it('may be anything: every cut is told, and every damaged octet of what is signed', () => {
    const response = ocspResponse({ about, issuer, along: [delegate] });
    for (let size = 0; size < response.length; size++) expect(told(response.subarray(0, size)), `${size}`).not.toEqual([]);
    const { signed } = readOcspResponse(response)!.statements!;
    const [from, to] = [signed.byteOffset - response.byteOffset, signed.byteOffset - response.byteOffset + signed.length];
    expect(to - from).toBeGreaterThan(100);
    for (let place = 0; place < response.length; place++) {
      const damaged = Buffer.from(response);
      damaged[place]! ^= 0x55;
      const doubts = told(damaged);
      if (place >= from && place < to) expect(doubts, `${place}`).not.toEqual([]);
    }
  });
});
