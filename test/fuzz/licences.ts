/** Forms that we read although Node's strict parser refuses them, because RFC 9112 lets or makes a user agent read them. */
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
    what: 'a line of the head ends in LF without CR: a recipient MAY take it for a line end (Qt does)',
    lenientNode: true,
  },
  {
    id: 'obs-fold',
    rfc: 'RFC 9112 5.2',
    what: 'a field value goes on in the next line: a user agent MUST replace the fold by spaces (Qt does)',
    lenientNode: true,
  },
  {
    id: 'length-repeated',
    rfc: 'RFC 9112 6.3 rule 5, RFC 9110 8.6',
    what: 'Content-Length says the same number several times: a recipient may take it as that number (Qt does)',
    lenientNode: false,
  },
  {
    id: 'tab-after-framing',
    rfc: 'RFC 9110 5.6.3',
    what: 'a tab ends a Content-Length or Transfer-Encoding line: it is white space like a space, and no part of the value',
    lenientNode: false,
  },
  {
    id: 'coding-over-length',
    rfc: 'RFC 9112 6.3 rule 3',
    what: 'Transfer-Encoding and Content-Length: the former overrides the latter (Qt does); the connection is closed afterwards',
    lenientNode: true,
  },
];

/** An answer as a strict server would have sent it, and which licences that took. */
export interface Repaired {
  readonly text: string;
  readonly used: readonly string[];
}

/** Rewrites every licensed form of an answer into the strict one. It shares nothing with the parser that it helps to judge. */
export function repaired(text: string): Repaired {
  const used = new Set<string>();
  const blank = /^[\r\n]*/.exec(text)![0];
  let out = blank;
  let rest = text.slice(blank.length);
  for (;;) {
    const end = /\r?\n\r?\n/.exec(rest);
    if (end === null) return { text: out + rest, used: [...used] };
    const lines = linesOf(rest.slice(0, end.index + end[0].length), used);
    const fields = strictFraming(withoutTabs(unfolded(lines.slice(1), used), used), used);
    out += [lines[0], ...fields, '', ''].join('\r\n');
    rest = rest.slice(end.index + end[0].length);
    if (!/^HTTP\/1\.[01] 1/.test(lines[0]!)) {
      const chunked = fields.some((field) => /^transfer-encoding:[ \t]*chunked[ \t]*$/i.test(field));
      return { text: out + (chunked ? strictTrailers(rest, used) : rest), used: [...used] };
    }
    const next = /^[\r\n]*/.exec(rest)![0];
    out += next;
    rest = rest.slice(next.length);
  }
}

/** Lines of a head without their ends, and without the empty one. */
function linesOf(head: string, used: Set<string>): string[] {
  const lines = head.split('\n').slice(0, -1);
  const ended = lines.map((line) => {
    if (line.endsWith('\r')) return line.slice(0, -1);
    used.add('bare-lf');
    return line;
  });
  return ended.slice(0, -1);
}

function unfolded(lines: readonly string[], used: Set<string>): string[] {
  const fields: string[] = [];
  for (const line of lines) {
    if (!/^[ \t]/.test(line) || fields.length === 0) {
      fields.push(line);
      continue;
    }
    used.add('obs-fold');
    fields.push(`${fields.pop()!.replace(/[ \t]+$/, '')} ${line.replace(/^[ \t]+/, '')}`);
  }
  return fields;
}

function withoutTabs(fields: readonly string[], used: Set<string>): string[] {
  return fields.map((field) => {
    const tidy = /^(?:content-length|transfer-encoding):/i.test(field) ? field.replace(/[ \t]*\t[ \t]*$/, '') : field;
    if (tidy !== field) used.add('tab-after-framing');
    return tidy;
  });
}

function strictFraming(fields: readonly string[], used: Set<string>): string[] {
  const lengths = fields
    .flatMap((field) => /^content-length:(.*)$/is.exec(field)?.[1]?.split(',') ?? [])
    .map((length) => length.replace(/^[ \t]+|[ \t]+$/g, ''));
  if (lengths.length === 0) return [...fields];
  const coded = fields.some((field) => /^transfer-encoding:/i.test(field));
  const same = lengths.length > 1 && /^[0-9]+$/.test(lengths[0]!) && lengths.every((length) => length === lengths[0]);
  if (!coded && !same) return [...fields];
  const others = fields.filter((field) => !/^content-length:/i.test(field));
  if (same) used.add('length-repeated');
  if (coded && (same || lengths.length === 1)) {
    used.add('coding-over-length');
    return others;
  }
  return same ? [...others, `Content-Length: ${lengths[0]}`] : [...fields];
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
    return body.slice(0, from) + unfolded(body.slice(from, end).split('\r\n'), used).join('\r\n') + body.slice(end);
  }
}
