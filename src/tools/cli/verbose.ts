import type { NetLogEvent } from '../../contract/netlog.ts';
import { redactHeader } from './redact.ts';
import { printable } from './text.ts';
import { formatDuration } from './units.ts';
import type { Detail } from './watch.ts';

/**
 * One netlog entry as lines for a reader: `*` what we do, `>` what went out, `<` what came in.
 * Nothing in them can steer a terminal; secrets are hidden unless `showSecrets`.
 */
export function describeEvent(event: NetLogEvent, showSecrets: boolean): string[] {
  const detail: Detail = event.detail ?? {};
  switch (event.what) {
    case 'request-head':
      return requestHead(text(detail, 'text'), showSecrets);
    case 'head':
    case 'interim-head':
      return answerHead(detail, showSecrets);
    case 'resolve':
      return isAddress(text(detail, 'host')) ? [] : [note(`resolve ${text(detail, 'host')}`)];
    case 'connect':
      return Array.isArray(detail.addresses) && detail.addresses.length > 1
        ? [note(`addresses ${detail.addresses.join(', ')}`)]
        : [];
    case 'attempt':
      return [attempt(detail)];
    case 'tls':
      return [note(`TLS: ${known([text(detail, 'protocol'), text(detail, 'cipher'), prefixed('alpn ', text(detail, 'alpn'))])}`)];
    case 'cache':
      return [note(`cache: ${cacheWords(detail)}`)];
    case 'proxy':
      return text(detail, 'proxy') === 'none' ? [] : [note(`proxy ${text(detail, 'proxy')}`)];
    case 'alt-svc':
      return [note(`also served by ${alternatives(detail)}`)];
    case 'lend':
      return [note(`connection ${text(detail, 'connection') || '?'}, ${detail.reused === true ? 'reused' : 'new'}`)];
    case 'fail':
      return [
        note(
          `failed${prefixed(' in phase ', text(detail, 'phase'))}: ${text(detail, 'message') || text(detail, 'kind') || 'no reason given'}`,
        ),
      ];
    case 'again':
      return [note(`once more${prefixed(': ', text(detail, 'why'))}${prefixed(' to ', text(detail, 'url'))}`)];
    default:
      // start, queue, body and end are told by the entries above and by the summary.
      return [];
  }
}

/** What the cache made of the request. */
function cacheWords({ choice, asking, found }: Detail): string {
  if (choice === 'serve') return 'stored, and served from there';
  if (choice === 'absent') return 'nothing that may be used, and nothing may be sent';
  if (found !== true) return 'not stored';
  if (asking === 'whether') return 'stored, asking whether it has changed';
  return asking === 'all' ? 'stored, but not to be used' : 'stored in part, asking for the rest';
}

/** Where else the origin is served, as it has said. */
function alternatives({ alternatives }: Detail): string {
  const all = Array.isArray(alternatives) ? (alternatives as { protocol: string; host: string; port: number }[]) : [];
  const each = all.map(({ protocol, host, port }) => `${protocol} at ${host.includes(':') ? `[${host}]` : host}:${port}`);
  return each.length === 0 ? 'nobody else' : each.join(', ');
}

function requestHead(head: string, showSecrets: boolean): string[] {
  const lines = head.split('\r\n');
  while (lines.at(-1) === '') lines.pop();
  return [...lines.map((line, i) => `> ${printable(i === 0 || showSecrets ? line : redactLine(line))}`), '>'];
}

function redactLine(line: string): string {
  const colon = line.indexOf(':');
  if (colon < 0) return line;
  const name = line.slice(0, colon);
  return `${name}: ${redactHeader(name.trim(), line.slice(colon + 1).trim())}`;
}

function answerHead(detail: Detail, showSecrets: boolean): string[] {
  const version = text(detail, 'version');
  const lines = [`< ${known([version === '' ? '' : `HTTP/${version}`, text(detail, 'status'), text(detail, 'reason')])}`];
  for (const field of Array.isArray(detail.headers) ? detail.headers : []) {
    const [name, value] = field as [unknown, unknown];
    lines.push(`< ${name}: ${showSecrets ? value : redactHeader(String(name), String(value))}`);
  }
  return [...lines.map(printable), '<'];
}

/** A literal needs no resolving, so there is nothing to tell. */
function isAddress(host: string): boolean {
  return /^\[|^\d+(\.\d+){3}$/.test(host);
}

function attempt(detail: Detail): string {
  const address = text(detail, 'address');
  const where = address.includes(':') ? `[${address}]` : address;
  return note(`connect to ${where}:${text(detail, 'port')}: ${text(detail, 'outcome')}${took(detail)}`);
}

function took(detail: Detail): string {
  return typeof detail.milliseconds === 'number' ? ` (${formatDuration(detail.milliseconds)})` : '';
}

function note(line: string): string {
  return `* ${printable(line).trimEnd()}`;
}

function text(detail: Detail, key: keyof Detail): string {
  const value = detail[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function prefixed(prefix: string, value: string): string {
  return value === '' ? '' : prefix + value;
}

function known(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
