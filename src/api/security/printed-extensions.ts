import type { Ber } from '../../base/ber.ts';
import { addressText, bitNames, colons, generalName, spacedName, textOf } from './general-names.ts';
import { longName } from './object-names.ts';
import { printedDate } from './printed-date.ts';

// Extensions that OpenSSL prints in lines of their own making.

const DIRECTORY = 4;
const ADDRESS = 7;
const REASONS =
  'Unused,Key Compromise,CA Compromise,Affiliation Changed,Superseded,Cessation Of Operation,Certificate Hold,Privilege Withdrawn,AA Compromise';

function nameLine(name: Ber): string {
  if ((name.tag & 0x1f) === DIRECTORY && name.first !== undefined) return `  DirName:${spacedName(name.first)}`;
  return `  ${generalName(name).join(':')}`;
}

/** CRLDistributionPoints (RFC 5280 4.2.1.13). */
export function pointLines({ inside }: Ber): string[] {
  return inside.flatMap((point) =>
    point.inside.flatMap((part) => {
      if (part.tag === 0x81) return ['Reasons:', `  ${bitNames(part, REASONS).join(', ')}`];
      if (part.tag === 0xa2) return ['CRL Issuer:', ...part.inside.map(nameLine)];
      return part.first?.tag === 0xa0 ? ['Full Name:', ...part.first.inside.map(nameLine)] : [];
    }),
  );
}

const PRACTICE_STATEMENT = '1.3.6.1.5.5.7.2.1';
const USER_NOTICE = '1.3.6.1.5.5.7.2.2';
const SEQUENCE = 0x30;

/** CertificatePolicies (RFC 5280 4.2.1.4). */
export function policyLines({ inside }: Ber): string[] {
  return inside.flatMap(({ inside: [policy, qualifiers] }) => [
    `Policy: ${longName(policy?.oid ?? '')}`,
    ...(qualifiers?.inside ?? []).flatMap(({ inside: [kind, value] }) => {
      if (kind === undefined || value === undefined) return [];
      if (kind.oid === PRACTICE_STATEMENT) return [`  CPS: ${value.content}`];
      if (kind.oid !== USER_NOTICE) return [`  Unknown Qualifier: ${kind.oid}`];
      return ['  User Notice:', ...value.inside.flatMap(noticeLines)];
    }),
  ]);
}

function noticeLines(part: Ber): string[] {
  if (part.tag !== SEQUENCE) return [`    Explicit Text: ${textOf(part)}`];
  const [organization, numbers] = part.inside;
  const all = numbers?.inside.map(({ integer }) => String(integer)) ?? [];
  return [
    `    Organization: ${organization === undefined ? '' : textOf(organization)}`,
    `    Number${all.length > 1 ? 's' : ''}: ${all.join(', ')}`,
  ];
}

/** NameConstraints (RFC 5280 4.2.1.10). */
export function constraintLines({ inside }: Ber): string[] {
  return inside.flatMap((part) => [
    (part.tag & 1) === 0 ? 'Permitted:' : 'Excluded:',
    ...part.inside.flatMap(({ first: base }) => {
      if (base === undefined) return [];
      if ((base.tag & 0x1f) !== ADDRESS) return [nameLine(base)];
      const half = base.content.length / 2;
      return [`  IP:${addressText(base.content.subarray(0, half))}/${addressText(base.content.subarray(half))}`];
    }),
  ]);
}

const SIGNATURES: Readonly<Record<number, string>> = {
  1025: 'sha256WithRSAEncryption',
  1027: 'ecdsa-with-SHA256',
};
/** Where the hexadecimal lines begin. */
const MARGIN = ' '.repeat(16);

/** SignedCertificateTimestampList (RFC 6962 3.3). */
export function timestampLines(list: Buffer): string[] {
  const lines: string[] = [];
  for (let at = 2; at + 2 <= list.length; at += 2 + list.readUInt16BE(at))
    lines.push('Signed Certificate Timestamp:', ...oneTimestamp(list.subarray(at + 2, at + 2 + list.readUInt16BE(at))));
  return lines;
}

/** RFC 6962 3.2: version, log, time, extensions, how it is signed, signature. */
function oneTimestamp(sct: Buffer): string[] {
  const [version] = sct;
  // OpenSSL knows no more of others
  if (version !== 0 || sct.length < 47) return ['    Version   : unknown', ...hexLines(sct)];
  const time = Number(sct.readBigUInt64BE(33));
  const end = 43 + sct.readUInt16BE(41);
  const extensions = hexLines(sct.subarray(43, end));
  const [first = '', ...rest] = hexLines(sct.subarray(1, 33));
  return [
    '    Version   : v1 (0x0)',
    `    Log ID    : ${first.trim()}`,
    ...rest,
    `    Timestamp : ${printedDate(new Date(time), true)}`,
    `    Extensions: ${extensions.length === 0 ? 'none' : extensions.join('\n').trim()}`,
    `    Signature : ${end + 2 <= sct.length ? (SIGNATURES[sct.readUInt16BE(end)] ?? 'unknown') : 'unknown'}`,
    ...hexLines(sct.subarray(end + 4)),
  ];
}

function hexLines(bytes: Buffer): string[] {
  const lines = colons(bytes).match(/.{1,48}/g) ?? [];
  return lines.map((line) => MARGIN + line);
}
