import { addressOctets, inRange, readRange } from './address-range.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'].map((text) => readRange(text)!);

/** Whether a host of a URL is this machine itself: `localhost` (RFC 6761 6.3), what is below it or called after it, or a loopback address. */
export function isOwnMachine(host: string): boolean {
  const octets = addressOctets(host);
  if (octets !== null) return LOOPBACK.some((range) => inRange(octets, range));
  return /^(?:.+\.)?localhost\.?$|^localhost\.localdomain6?\.?$/i.test(host);
}
