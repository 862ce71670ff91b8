import type { PinRule } from '../../contract/security.ts';

/** Pins, `sha256/` and 44 characters of base64, for all hosts or by host: a name, `*.example.org` for all names below it, `*` for any. */
export type PinnedPublicKeysInit = PinsInit | { readonly [host: string]: PinsInit };
type PinsInit = string | Iterable<string>;

/** A digest of SHA-256 in base64; curl writes two slashes. */
const PIN = /^sha256\/\/?([A-Za-z0-9+/]{43}=)$/;
const HOST = /^(?:\*|(?:\*\.)?[^*\s/]+)$/;

/** Rules for the keys of servers. Throws a TypeError for what is no pin, and for no pin at all: nobody could be talked to. */
export function readPins(init: PinnedPublicKeysInit, where: string): PinRule[] {
  if (typeof init === 'string' || isList(init)) return [{ host: '*', keys: keysIn(init, where) }];
  if (typeof init !== 'object' || init === null)
    throw new TypeError(`${where} expects pins, 'sha256/…', or an object with pins for each host; got ${typeof init}.`);
  return Object.entries(init).map(([host, pins]) => {
    if (!HOST.test(host)) throw new TypeError(`${where}: '${host}' is neither the name of a host nor *.name nor *.`);
    return { host: host.toLowerCase(), keys: keysIn(pins, `${where} for ${host}`) };
  });
}

function keysIn(pins: string | Iterable<string>, where: string): string[] {
  const list = typeof pins === 'string' ? pins.split(';') : isList(pins) ? [...pins] : [];
  if (list.length === 0) throw new TypeError(`${where} expects at least one pin, 'sha256/…'.`);
  return list.map((pin) => {
    const digest = typeof pin === 'string' ? PIN.exec(pin)?.[1] : undefined;
    if (digest === undefined)
      throw new TypeError(`${where}: a pin is sha256/ and the 44 characters of a digest in base64; got ${String(pin)}.`);
    return digest;
  });
}

function isList(value: unknown): value is Iterable<string> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
