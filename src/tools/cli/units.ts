const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500`, `500ms`, `1.5s`, `2m`, `1h` as milliseconds; null when it is no time. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) return null;
  const milliseconds = Math.round(Number(match[1]) * UNITS[match[2] ?? '']!);
  // Beyond this a timer would fire at once.
  return milliseconds <= 0x7fff_ffff ? milliseconds : null;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes with three digits and a decimal unit: `999 B`, `1.23 MB`. */
export function formatBytes(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < SIZES.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(Math.round(value)) : threeDigits(value)} ${SIZES[unit]}`;
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** Milliseconds for a reader: `0.4 ms`, `38 ms`, `2.5 s`, `3:05`, `1:02:03`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  return formatClock(milliseconds);
}

/** `0:05`, `12:40`, `1:02:03`. */
export function formatClock(milliseconds: number): string {
  const all = Math.round(milliseconds / 1000);
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  const seconds = String(all % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

const SPANS = [
  ['s', 1000, 90],
  ['min', 60_000, 90],
  ['h', 3_600_000, 48],
  ['d', 86_400_000, 730],
] as const;

/** A long time for a reader, in one unit: `42 s`, `25 min`, `13 h`, `400 d`, `3 y`. */
export function formatSpan(milliseconds: number): string {
  for (const [unit, length, most] of SPANS)
    if (milliseconds < most * length) return `${Math.round(milliseconds / length)} ${unit}`;
  return `${Math.round(milliseconds / 31_557_600_000)} y`;
}

/** The last moment a Date can name. */
const END_OF_TIME = 8.64e15;

/** A moment, in milliseconds since 1970, for a machine: `2026-01-31T12:00:00.000Z`. What no Date can name becomes the nearest, or 1970. */
export function isoTime(milliseconds: number): string {
  return new Date(Math.max(-END_OF_TIME, Math.min(milliseconds, END_OF_TIME)) || 0).toISOString();
}

/** The same for a reader: `2026-01-31 12:00:00 UTC`. */
export function formatMoment(milliseconds: number): string {
  return isoTime(milliseconds)
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
