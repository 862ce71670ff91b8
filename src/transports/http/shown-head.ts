import type { Hop } from '../../contract/hop.ts';
import type { Tap } from '../../contract/tap.ts';
import { requestFields } from '../../wire/h2/request-fields.ts';

/** What the engine itself says about who asks is shown to nobody; what the caller has written he knows. */
export function shownHead(text: string, { headers, ask }: Hop): string {
  let shown = text;
  for (const name of ['Authorization', 'Proxy-Authorization']) {
    const value = headers.get(name);
    if (value === undefined || value === ask.headers.get(name)) continue;
    shown = shown.replace(`: ${value}\r\n`, () => `: ${value.split(' ')[0]} ***\r\n`);
  }
  return shown;
}

/** The head of a request of HTTP/2, written as one of HTTP/1.1. */
export function headOfFields(hop: Hop): string {
  const fields = requestFields(hop);
  let text = `${hop.method} ${hop.url.target} HTTP/2\r\nhost: ${hop.url.authority}\r\n`;
  for (let i = 0; i < fields.length; i += 2) if (!fields[i]!.startsWith(':')) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return shownHead(`${text}\r\n`, hop);
}

/** Tells a recorder what has gone out. */
export function tellTap(tap: Tap, hop: Hop, headText: string): void {
  tap.sent(hop, headText === '' ? headOfFields(hop) : shownHead(headText, hop));
  const bytes = hop.body?.bytes ?? null;
  if (bytes !== null) tap.sentData(hop, bytes);
}
