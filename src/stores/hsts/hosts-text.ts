import type { HstsEntry } from '../../contract/hsts.ts';
import { hostName } from '../../rules/hsts.ts';

/** First line of the file; the number is that of the format. */
const TITLE = '# known hosts for strict transport security, format 1: end in milliseconds since 1970, sub-domains, host';

const LINE = /^(\d{1,16}) ([01]) (\S+)$/;

/** Known hosts as text, one a line. */
export function hostsText(entries: Iterable<HstsEntry>): string {
  let text = `${TITLE}\n`;
  for (const { host, expires, includeSubDomains } of entries) text += `${expires} ${includeSubDomains ? 1 : 0} ${host}\n`;
  return text;
}

/** What a text still says at `now`, by host. Lines that are damaged are passed over, and a text that is not ours says nothing. */
export function hostsIn(text: string, now: number): Map<string, HstsEntry> {
  const found = new Map<string, HstsEntry>();
  const lines = text.split('\n');
  // what stands behind the last line end may be half of something
  lines.pop();
  if (lines[0] !== TITLE) return found;
  for (const line of lines) {
    const [, end, flag, host = ''] = LINE.exec(line) ?? [];
    const expires = Number(end);
    if (expires > now && hostName(host) === host) found.set(host, { host, expires, includeSubDomains: flag === '1' });
  }
  return found;
}
