// Where a server waits for a data connection. Only the port is its to say: data comes from whom the control connection leads to, or a
// server could have us connect to others in its place (RFC 2577 3 and 8).
import type { Reply } from './reply.ts';

/** Below are the services of the machine: nobody waits for data there. */
const LOWEST_PORT = 1024;

// the delimiter is any character that can be printed, usually `|`
const EXTENDED = /\(([!-/:-~])\1\1(\d{1,5})\1\)/;
const PASSIVE = /(?<![\d,])(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})(?![\d,])/;

/** The port in an answer to EPSV (RFC 2428 3), -1 = there is none. */
export function extendedPort({ code, lines }: Reply): number {
  const match = code === 229 ? EXTENDED.exec(lines.at(-1)!) : null;
  return match === null ? -1 : usable(Number(match[2]));
}

/** The port in an answer to PASV (RFC 959 4.1.2), -1 = there is none. The address before it is not looked at. */
export function passivePort({ code, lines }: Reply): number {
  const match = code === 227 ? PASSIVE.exec(lines.at(-1)!) : null;
  if (match === null) return -1;
  const numbers = match.slice(1).map(Number);
  return numbers.some((one) => one > 255) ? -1 : usable(numbers[4]! * 256 + numbers[5]!);
}

function usable(port: number): number {
  return port >= LOWEST_PORT && port <= 65_535 ? port : -1;
}
