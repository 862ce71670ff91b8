import type { HarCookie, HarNameValue } from './format.ts';

const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** The cookies of a request, as its Cookie fields have them. */
export function sentCookies(headers: readonly HarNameValue[]): HarCookie[] {
  return valuesOf(headers, 'cookie').flatMap((value) =>
    value
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '')
      .map(nameAndValue),
  );
}

/** The cookies that an answer sets. */
export function setCookies(headers: readonly HarNameValue[]): HarCookie[] {
  return valuesOf(headers, 'set-cookie').map((text) => {
    const [pair = '', ...attributes] = text.split(';');
    const cookie: HarCookie = nameAndValue(pair.trim());
    for (const attribute of attributes) {
      const { name, value } = nameAndValue(attribute.trim());
      apply(cookie, name.toLowerCase(), value);
    }
    return cookie;
  });
}

function apply(cookie: HarCookie, name: string, value: string): void {
  if (name === 'path') cookie.path = value;
  else if (name === 'domain') cookie.domain = value;
  else if (name === 'httponly') cookie.httpOnly = true;
  else if (name === 'secure') cookie.secure = true;
  else if (name === 'expires') {
    const at = Date.parse(value);
    // the format has years of four digits
    if (at >= EARLIEST && at <= LATEST) cookie.expires = new Date(at).toISOString();
  }
}

function nameAndValue(pair: string): HarCookie {
  const equals = pair.indexOf('=');
  return equals < 0 ? { name: pair, value: '' } : { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
}

function valuesOf(headers: readonly HarNameValue[], name: string): string[] {
  return headers.filter((header) => header.name.toLowerCase() === name).map(({ value }) => value);
}
