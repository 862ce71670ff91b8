import type { SecureInfo } from '../../contract/security.ts';
import { doubtText } from '../../rules/certificate-doubts.ts';
import { chainOf } from '../doctor/chain.ts';
import type { ChainLink } from '../doctor/diagnosis.ts';
import type { Pair, TlsData } from './page/protocol.ts';

/** What is known of the TLS of a connection, in words. */
export function tlsData(info: SecureInfo): TlsData {
  const { protocol, cipher, alpn, resumed, doubts } = info;
  const known: [name: string, value: string][] = [
    ['Protocol', protocol || 'none: the connection was refused'],
    ['Cipher', cipher],
    ['Key exchange', keyExchange(info)],
    ['ALPN', alpn || 'none'],
    ['Session', resumed ? 'resumed: it goes on with that of an earlier connection' : 'new'],
    ['Certificate', trust(info)],
  ];
  return {
    facts: known.flatMap(([name, value]) => (value === '' ? [] : [{ name, value }])),
    doubts: [...new Set(doubts.map(({ code }) => doubtText(code)))],
    chain: chainOf(info).map(certificate),
  };
}

function keyExchange({ ephemeral }: SecureInfo): string {
  if (ephemeral === null) return '';
  const { kind, curve, bits } = ephemeral;
  return [kind, curve, `${bits} bits`].filter((word) => word !== '').join(' · ');
}

function trust({ doubted, doubts, sharedKey }: SecureInfo): string {
  if (sharedKey !== null) return 'none: both sides know a key';
  if (doubts.length > 0) return 'not verified';
  return doubted ? 'nobody wanted it verified' : 'verified';
}

function certificate({ subject, issuer, names, from, to, problems }: ChainLink): TlsData['chain'][number] {
  const facts: Pair[] = [
    { name: 'Issued by', value: issuer },
    { name: 'Valid', value: `${from} to ${to}` },
  ];
  if (names.length > 0) facts.push({ name: 'Names', value: names.join(', ') });
  if (problems.length > 0) facts.push({ name: 'Problem', value: problems.join('; ') });
  return { title: subject, facts };
}
