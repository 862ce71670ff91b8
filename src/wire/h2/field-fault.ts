/** RFC 9113 8.2.2: about the connection, which HTTP/2 has other means for. */
const ABOUT_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9110 5.6.2, without capitals (RFC 9113 8.2.1). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** RFC 9113 8.2.1: no NUL, CR, LF; no space around it. */
const BAD_VALUE = /[\0\r\n]|^[ \t]|[ \t]$/;

/** Why no answer may have such a field, '' = it may. */
export function fieldFault(name: string, value: string): string {
  if (name[0] === ':')
    return name === ':status' && /^[1-9]\d\d$/.test(value) ? '' : `${printable(name)} has no place or no sense in it`;
  if (!NAME.test(name)) return `a field name has octets that are not allowed: ${printable(name)}`;
  if (ABOUT_CONNECTION.has(name)) return `${name} is not allowed in HTTP/2`;
  if (name === 'te' && value !== 'trailers') return 'te may only name trailers in HTTP/2';
  return BAD_VALUE.test(value) ? `the value of ${name} has octets that are not allowed` : '';
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 40));
}
