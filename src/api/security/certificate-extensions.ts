import { type Ber, readBer } from '../../base/ber.ts';
import type { ExtensionField } from '../../rules/extension-fields.ts';
import { bitNames, colons, generalName } from './general-names.ts';
import { longName, shortName } from './object-names.ts';
import { constraintLines, pointLines, policyLines, timestampLines } from './printed-extensions.ts';

/** What a program gets as the value of an extension. */
type ExtensionValue =
  | string
  | Buffer
  | readonly string[]
  | Readonly<Record<string, string | number | bigint | boolean | Buffer>>
  | null;

const BOOLEAN = 0x01;

/** Names with values, or one of both; `tall`: each has a line of its own. */
interface Pairs {
  readonly pairs: readonly (readonly [name: string | null, value: string | null])[];
  readonly tall?: boolean;
}
type Shown = Pairs | { readonly text: string } | { readonly lines: readonly string[] };

const KEY_USAGES =
  'Digital Signature,Non Repudiation,Key Encipherment,Data Encipherment,Key Agreement,Certificate Sign,CRL Sign,Encipher Only,Decipher Only';
const NETSCAPE_TYPES = 'SSL Client,SSL Server,S/MIME,Object Signing,Unused,SSL CA,S/MIME CA,Object Signing CA';
const FEATURES: Readonly<Record<string, string>> = { 5: 'status_request', 17: 'status_request_v2' };

const alone = (values: readonly string[]): Pairs => ({ pairs: values.map((value) => [null, value]) });

/** How OpenSSL shows them, by their short names. */
const READERS: Readonly<Record<string, (value: Ber) => Shown>> = {
  basicConstraints: ({ inside: [first, second] }) => {
    const known = first?.tag === BOOLEAN;
    const length = known ? second : first;
    const ca = known && first.content[0] !== 0;
    return {
      pairs: [['CA', ca ? 'TRUE' : 'FALSE'], ...(length === undefined ? [] : [['pathlen', String(length.integer)] as const])],
    };
  },
  keyUsage: (value) => alone(bitNames(value, KEY_USAGES)),
  nsCertType: (value) => alone(bitNames(value, NETSCAPE_TYPES)),
  extendedKeyUsage: (value) => alone(value.inside.map(({ oid }) => longName(oid))),
  tlsfeature: (value) => alone(value.inside.map(({ integer }) => FEATURES[String(integer)] ?? String(integer))),
  subjectAltName: (value) => ({ pairs: value.inside.map(generalName) }),
  issuerAltName: (value) => ({ pairs: value.inside.map(generalName) }),
  authorityKeyIdentifier: (value) => {
    const { keyid, issuer, serial } = authorityKey(value);
    const name = issuer.length > 0 || serial !== undefined ? 'keyid' : null;
    const pairs: Pairs['pairs'][number][] = issuer.map(generalName);
    if (keyid !== undefined) pairs.unshift([name, colons(keyid)]);
    if (serial !== undefined) pairs.push(['serial', colons(unsigned(serial.content))]);
    return { pairs, tall: true };
  },
  authorityInfoAccess: (value) => ({ pairs: accesses(value, longName), tall: true }),
  subjectInfoAccess: (value) => ({ pairs: accesses(value, longName), tall: true }),
  policyConstraints: (value) => ({
    pairs: value.inside.map(({ tag, integer }) => [
      (tag & 1) === 0 ? 'Require Explicit Policy' : 'Inhibit Policy Mapping',
      String(integer),
    ]),
  }),
  subjectKeyIdentifier: ({ octets }) => ({ text: colons(octets) }),
  inhibitAnyPolicy: ({ integer }) => ({ text: String(integer) }),
  nsComment: ({ content }) => ({ text: content.toString() }),
  crlDistributionPoints: (value) => ({ lines: pointLines(value) }),
  freshestCRL: (value) => ({ lines: pointLines(value) }),
  certificatePolicies: (value) => ({ lines: policyLines(value) }),
  nameConstraints: (value) => ({ lines: constraintLines(value) }),
  ct_precert_scts: ({ octets }) => ({ lines: timestampLines(octets) }),
  ct_precert_poison: () => ({ lines: ['NULL'] }),
  noCheck: () => ({ lines: [] }),
};

function shownAs({ oid, value }: ExtensionField): Shown | null {
  const reader = READERS[shortName(oid)];
  const read = readBer(value);
  return reader === undefined || read === null ? null : reader(read);
}

/** The lines that OpenSSL prints for an extension. */
export function extensionLines(field: ExtensionField): string[] {
  const shown = shownAs(field);
  // what OpenSSL does not know it prints as if it were text
  if (shown === null) return [field.value.toString('latin1').replace(/[^ -~\r\n]/g, '.')];
  if ('text' in shown) return [shown.text];
  if ('lines' in shown) return [...shown.lines];
  const texts = shown.pairs.map(([name, value]) => [name, value].filter((part) => part !== null).join(':'));
  if (texts.length === 0) return ['<EMPTY>'];
  return shown.tall === true ? texts : [texts.join(', ')];
}

/** What Qt gives as the value. */
export function extensionValue(field: ExtensionField): ExtensionValue {
  const own = OWN_VALUES[shortName(field.oid)];
  const read = readBer(field.value);
  if (own !== undefined && read !== null) return own(read);
  const shown = shownAs(field);
  if (shown === null) return Buffer.from(field.value);
  if ('text' in shown) return shown.text;
  if ('lines' in shown) return Buffer.from(shown.lines.join('\n'));
  const { pairs } = shown;
  if (!pairs.some(([name, value]) => name !== null && value !== null)) return pairs.map(([name, value]) => value ?? name ?? '');
  return Object.fromEntries(pairs.map(([name, value]) => [name ?? '', value ?? '']));
}

/** Whether Qt has a form of its own for the value. */
export function hasOwnValue(oid: string): boolean {
  return Object.hasOwn(OWN_VALUES, shortName(oid));
}

const URI = 0x86;

const OWN_VALUES: Readonly<Record<string, (value: Ber) => ExtensionValue>> = {
  basicConstraints: ({ inside: [first, second] }) => {
    const known = first?.tag === BOOLEAN;
    const length = known ? second : first;
    return {
      ca: known && first.content[0] !== 0,
      ...(length === undefined ? {} : { pathLenConstraint: Number(length.integer) }),
    };
  },
  subjectKeyIdentifier: ({ octets }) => colons(octets),
  authorityKeyIdentifier: (value) => {
    const { keyid, serial } = authorityKey(value);
    const number = serial?.integer;
    return {
      ...(keyid === undefined ? {} : { keyid: Buffer.from(keyid.toString('hex')) }),
      ...(number === undefined ? {} : { serial: Number.isSafeInteger(Number(number)) ? Number(number) : number }),
    };
  },
  authorityInfoAccess: (value) =>
    Object.fromEntries(
      value.inside.flatMap(({ inside: [method, place] }) =>
        method !== undefined && place?.tag === URI ? [[shortName(method.oid), place.content.toString()]] : [],
      ),
    ),
};

/** Without the octet that only says that a number is not negative. */
function unsigned(content: Buffer): Buffer {
  return content.length > 1 && content[0] === 0 ? content.subarray(1) : content;
}

/** AuthorityKeyIdentifier (RFC 5280 4.2.1.1). */
function authorityKey({ inside }: Ber): { keyid: Buffer | undefined; issuer: readonly Ber[]; serial: Ber | undefined } {
  const part = (n: number): Ber | undefined => inside.find(({ tag }) => (tag & 0x1f) === n);
  return { keyid: part(0)?.content, issuer: part(1)?.inside ?? [], serial: part(2) };
}

function accesses(value: Ber, nameOf: (oid: string) => string): [string, string][] {
  return value.inside.flatMap(({ inside: [method, place] }) => {
    if (method === undefined || place === undefined) return [];
    const [kind, text] = generalName(place);
    return [[`${nameOf(method.oid)} - ${kind}`, text]];
  });
}
