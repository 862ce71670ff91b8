import { hideInHeader, hideInText } from '../base/redaction.ts';
import type { NetLogEvent } from '../contract/netlog.ts';

/** Entries that are bytes of a body. */
export function isOfBodies({ what }: NetLogEvent): boolean {
  return what === 'data' || what === 'sent-data';
}

/** The entry as somebody may see it who is not to know any secrets. Bodies are what they are: who asks for them knows that. */
export function withoutSecrets(event: NetLogEvent): NetLogEvent {
  const { detail } = event;
  if (detail === undefined || isOfBodies(event)) return event;
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(detail)) shown[name] = shownValue(event.what, name, value);
  return { ...event, detail: shown };
}

function shownValue(what: NetLogEvent['what'], name: string, value: unknown): unknown {
  if (name === 'headers') return (value as [string, string][]).map(([field, text]) => [field, hideInHeader(field, text)]);
  if (name === 'trailers')
    return (value as string[]).map((text, i, all) => (i % 2 === 0 ? text : hideInHeader(all[i - 1]!, text)));
  if (typeof value !== 'string') return value;
  return what === 'request-head' && name === 'text' ? hideInHead(value) : hideInText(value);
}

/** The head of a request: a line, and a field on each of the others. */
function hideInHead(text: string): string {
  return text
    .split('\r\n')
    .map((line, i) => {
      const colon = line.indexOf(':', line.startsWith(':') ? 1 : 0);
      if (i === 0 || colon < 0) return hideInText(line);
      const name = line.slice(0, colon);
      return `${name}: ${hideInHeader(name, line.slice(colon + 1).trim())}`;
    })
    .join('\r\n');
}
