import { anatomy, trimmed, unfolded } from './anatomy.ts';

/** A form that we read although Node's strict parser refuses it, because RFC 9110 or 9112 lets or makes a user agent read it. */
export interface Licence {
  readonly id: string;
  readonly rfc: string;
  readonly what: string;
  /** Whether Node's parser reads it with insecureHTTPParser. */
  readonly lenientNode: boolean;
}

export const LICENCES: readonly Licence[] = [
  {
    id: 'bare-lf',
    rfc: 'RFC 9112 2.2',
    what: 'a line of the head ends in LF without CR: a recipient may take it for a line end, and Qt does',
    lenientNode: true,
  },
  {
    id: 'obs-fold',
    rfc: 'RFC 9112 5.2',
    what: 'a field value goes on in the next line: a user agent must replace the fold by spaces, and Qt does; not in fields of framing',
    lenientNode: true,
  },
  {
    id: 'length-repeated',
    rfc: 'RFC 9112 6.3 rule 5, RFC 9110 8.6',
    what: 'Content-Length says the same number several times: a recipient may take it as that number, and Qt does',
    lenientNode: false,
  },
  {
    id: 'coding-over-length',
    rfc: 'RFC 9112 6.3 rule 3',
    what: 'Transfer-Encoding beside Content-Length: the former overrides the latter, and the connection is closed afterwards',
    lenientNode: true,
  },
  {
    id: 'tab-after-value',
    rfc: 'RFC 9110 5.6.3',
    what: 'a tab behind the value of Content-Length, Transfer-Encoding or Connection: it is white space like a space, and no part of the value',
    lenientNode: false,
  },
  {
    id: 'head-keeps',
    rfc: 'RFC 9112 6.3 rule 1, 9.3',
    what: 'the answer to HEAD has no body, so the connection is kept even if no field says how long the body would be',
    lenientNode: false,
  },
];

/** An answer as a strict server would have sent it, and the licences that needed. */
export interface Repaired {
  readonly text: string;
  readonly used: readonly string[];
}

/** Rewrites every licensed form of an answer into the strict one. */
export function repaired(text: string): Repaired {
  const used = new Set<string>();
  const { heads, body } = anatomy(text);
  let out = '';
  let chunked = false;
  for (const head of heads) {
    if (/(?:^|[^\r])\n/.test(head.text)) used.add('bare-lf');
    const fields = strictFraming(withoutTabs(withoutFolds(head.lines, used), used), used);
    chunked = fields.some((field) => /^transfer-encoding:[ \t]*chunked[ \t]*$/i.test(field));
    out += head.blanks + lineByLine([head.statusLine, ...fields, '']);
  }
  return { text: out + (chunked ? strictTrailers(body, used) : body), used: [...used] };
}

function lineByLine(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}

function withoutFolds(lines: readonly string[], used: Set<string>): string[] {
  const fields = unfolded(lines);
  if (fields.length < lines.length) used.add('obs-fold');
  return fields;
}

function withoutTabs(fields: readonly string[], used: Set<string>): string[] {
  return fields.map((field) => {
    const tidy = /^(?:content-length|transfer-encoding|connection):/i.test(field)
      ? field.replace(/[ \t]*\t[ \t]*(?=,|$)/g, '')
      : field;
    if (tidy !== field) used.add('tab-after-value');
    return tidy;
  });
}

function strictFraming(fields: readonly string[], used: Set<string>): readonly string[] {
  const isLength = (field: string): boolean => /^content-length:/i.test(field);
  const lengths = fields.filter(isLength).flatMap((field) => field.slice('content-length:'.length).split(','));
  const [length = '', ...repeated] = lengths.map(trimmed);
  if (!/^[0-9]+$/.test(length) || repeated.some((other) => other !== length)) return fields;
  if (repeated.length > 0) used.add('length-repeated');
  const others = fields.filter((field) => !isLength(field));
  if (fields.some((field) => /^transfer-encoding:/i.test(field))) {
    used.add('coding-over-length');
    return others;
  }
  return repeated.length > 0 ? [...others, `Content-Length: ${length}`] : fields;
}

/** Unfolds the trailers behind the last chunk. */
function strictTrailers(body: string, used: Set<string>): string {
  const line = /([0-9a-f]+)(?:;[^\r\n]*)?\r\n/iy;
  for (;;) {
    const chunk = line.exec(body);
    if (chunk === null) return body;
    const size = Number.parseInt(chunk[1]!, 16);
    if (size > 0) {
      line.lastIndex += size + 2;
      continue;
    }
    const from = line.lastIndex;
    const end = body.indexOf('\r\n\r\n', from);
    if (end < 0 || body.startsWith('\r\n', from)) return body;
    return body.slice(0, from) + withoutFolds(body.slice(from, end).split('\r\n'), used).join('\r\n') + body.slice(end);
  }
}
