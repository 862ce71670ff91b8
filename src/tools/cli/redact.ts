import { isSecretHeader } from '../../base/secret-headers.ts';

const HIDDEN = '***';

/** The value of a header field with its secrets replaced; scheme and cookie names stay, they help and give nothing away. */
export function redactHeader(name: string, value: string): string {
  switch (name.toLowerCase()) {
    case 'authorization':
    case 'proxy-authorization': {
      const scheme = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+(?= )/.exec(value);
      return scheme === null ? HIDDEN : `${scheme[0]} ${HIDDEN}`;
    }
    case 'cookie':
      return value.split(';').map(redactPair).join(';');
    case 'set-cookie': {
      const end = value.indexOf(';');
      return end < 0 ? redactPair(value) : redactPair(value.slice(0, end)) + value.slice(end);
    }
    default:
      return isSecretHeader(name, []) ? HIDDEN : value;
  }
}

/** A URL without its user information: a token is often the name and not the password. */
export function redactUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${HIDDEN}@`);
}

function redactPair(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return pair.replace(/\S.*$/, HIDDEN);
  return pair.slice(0, equals + 1) + HIDDEN;
}
