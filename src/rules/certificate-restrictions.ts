import { type Ber, readBer } from '../base/ber.ts';
import type { Doubt } from '../contract/security.ts';
import { certificateBody, type ExtensionField, extensionsIn } from './extension-fields.ts';

// What the walk along a chain does not look at, because OpenSSL does it in every handshake. Who verifies without one needs it.

const ALTERNATIVE_NAMES = '2.5.29.17';
const NAME_CONSTRAINTS = '2.5.29.30';
/** Critical extensions that OpenSSL heeds, or may pass over: usages, names, constraints, policies, where revocation is told. */
const HEEDED = new Set([
  ...[15, 17, 19, 30, 31, 32, 33, 36, 37, 54].map((end) => `2.5.29.${end}`),
  '2.16.840.1.113730.1.1',
  '1.3.6.1.5.5.7.48.1.5',
]);

/** Kinds of names (RFC 5280 4.2.1.6). */
const EMAIL = 1;
const DNS = 2;
const DIRECTORY = 4;
const URI = 6;
const ADDRESS = 7;

interface Name {
  readonly kind: number;
  readonly value: Ber;
}

/** Critical extensions that nobody here knows (RFC 5280 4.2), and names outside of what authorities may speak for (4.2.1.10). */
export function restrictionDoubts(chain: readonly Buffer[]): Doubt[] {
  const bodies = chain.map(certificateBody);
  const extensions = bodies.map(extensionsIn);
  const doubts: Doubt[] = [];
  extensions.forEach((fields, at) => {
    if (fields.some(({ critical, oid }) => critical && !HEEDED.has(oid)))
      doubts.push({ code: 'UNHANDLED_CRITICAL_EXTENSION', at });
  });
  extensions.forEach((fields, above) => {
    const constraints = inside(fields, NAME_CONSTRAINTS);
    for (let at = 0; constraints.length > 0 && at < above; at++) {
      // RFC 5280 6.1.3 (b): an authority may write itself a new certificate
      if (at > 0 && isSelfIssued(bodies[at])) continue;
      const code = violation(constraints, namesIn(bodies[at], extensions[at]!));
      if (code !== '') doubts.push({ code, at });
    }
  });
  return doubts;
}

/** What an extension holds, nothing where there is none. */
function inside(fields: readonly ExtensionField[], oid: string): Ber[] {
  const field = fields.find((one) => one.oid === oid);
  return field === undefined ? [] : (readBer(field.value)?.inside ?? []);
}

/** Issuer and subject. */
function partiesOf(body: Ber | undefined): [issuer: Ber | undefined, subject: Ber | undefined] {
  const fields = body?.inside ?? [];
  const first = fields[0]?.tag === 0xa0 ? 3 : 2;
  return [fields[first], fields[first + 2]];
}

function isSelfIssued(body: Ber | undefined): boolean {
  const [issuer, subject] = partiesOf(body);
  return issuer !== undefined && subject !== undefined && issuer.whole.equals(subject.whole);
}

const COMMON_NAME = '2.5.4.3';
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';

/** All that a certificate is for, its subject included. */
function namesIn(body: Ber | undefined, fields: readonly ExtensionField[]): Name[] {
  const names: Name[] = inside(fields, ALTERNATIVE_NAMES).map((value) => ({ kind: value.tag & 0x1f, value }));
  const [, subject] = partiesOf(body);
  if (subject === undefined || subject.content.length === 0) return names;
  const hosts = names.some(({ kind }) => kind === DNS);
  for (const set of subject.inside)
    for (const {
      inside: [type, value],
    } of set.inside) {
      if (type === undefined || value === undefined) continue;
      if (type.oid === EMAIL_ADDRESS) names.push({ kind: EMAIL, value });
      // the name of a host stands there when it stands nowhere else
      if (type.oid === COMMON_NAME && !hosts && /^[\w*-]+(\.[\w-]+)+$/.test(text(value))) names.push({ kind: DNS, value });
    }
  names.push({ kind: DIRECTORY, value: subject });
  return names;
}

/** OpenSSL's word for what is wrong, '' = nothing. */
function violation(constraints: readonly Ber[], names: readonly Name[]): string {
  for (const { kind, value } of names) {
    let allowed: boolean | null = null;
    for (const part of constraints)
      for (const subtree of part.inside) {
        const base = subtree.first;
        if (base === undefined || (base.tag & 0x1f) !== kind) continue;
        const fits = liesIn(kind, base, value);
        if (fits === null) return 'UNSUPPORTED_CONSTRAINT_TYPE';
        if ((part.tag & 1) === 0) allowed = (allowed ?? false) || fits;
        else if (fits) return 'EXCLUDED_VIOLATION';
      }
    if (allowed === false) return 'PERMITTED_VIOLATION';
  }
  return '';
}

const text = ({ content }: Ber): string => content.toString('latin1').toLowerCase();

/** Whether a name lies in a subtree; null = there is no telling. */
function liesIn(kind: number, base: Ber, value: Ber): boolean | null {
  const limit = text(base);
  const name = text(value);
  if (kind === DNS) return limit === '' || name === limit || name.endsWith(limit.startsWith('.') ? limit : `.${limit}`);
  if (kind === EMAIL) return limit.includes('@') ? name === limit : isHostIn(name.slice(name.lastIndexOf('@') + 1), limit);
  if (kind === URI) return isHostIn(/^[a-z][a-z\d+.-]*:\/\/(?:[^/?#]*@)?([^/?#:]+)/.exec(name)?.[1] ?? '', limit);
  if (kind === ADDRESS) return isAddressIn(value.content, base.content);
  return kind === DIRECTORY ? isBelow(value, base.first) : null;
}

/** RFC 5280: a host by its name, or with a dot in front all those below. */
function isHostIn(host: string, limit: string): boolean {
  return limit.startsWith('.') ? host.endsWith(limit) : host === limit;
}

/** The subtree is an address and a mask. */
function isAddressIn(address: Buffer, subtree: Buffer): boolean {
  const { length } = address;
  if (subtree.length !== 2 * length) return false;
  return address.every((octet, i) => ((octet ^ subtree[i]!) & subtree[length + i]!) === 0);
}

/** The beginning of a name is the other one, letter case aside. */
function isBelow(name: Ber, base: Ber | undefined): boolean {
  if (base === undefined) return false;
  const parts = name.inside;
  return base.inside.every((part, i) => parts[i] !== undefined && attributes(part) === attributes(parts[i]));
}

function attributes(set: Ber): string {
  return set.inside.map(({ inside: [type, value] }) => `${type?.oid}=${value === undefined ? '' : text(value)}`).join('+');
}
