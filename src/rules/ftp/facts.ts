// What a server says about itself and its files.
import type { Reply } from './reply.ts';

/** The words that features begin with, in upper case (RFC 2389 3.2); null = it does not say. */
export function featuresOf({ code, lines }: Reply): ReadonlySet<string> | null {
  if (code !== 211) return null;
  const features = new Set<string>();
  for (const line of lines) {
    const match = /^ ([!-~]+)/.exec(line);
    if (match !== null) features.add(match[1]!.toUpperCase());
  }
  return features;
}

/** The answer to SIZE (RFC 3659 4), -1 = unknown. */
export function sizeIn({ code, lines }: Reply): number {
  const text = code === 213 ? lines.at(-1)!.trim() : '';
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?$/;

/** The answer to MDTM (RFC 3659 2.3 and 3) in milliseconds since 1970, null = unknown. Fractions are left out. */
export function timeIn({ code, lines }: Reply): number | null {
  const match = code === 213 ? TIME.exec(lines.at(-1)!.trim()) : null;
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, number, number, number];
  if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return null;
  // Date rolls 30 February over; such a day does not exist
  const exists = day >= 1 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  return exists ? Date.UTC(year, month - 1, day, hour, minute, second) : null;
}
