// RFC 9110 11.2 to 11.6: what WWW-Authenticate, Proxy-Authenticate and Authentication-Info say. Text is Latin-1: one character an octet.

/** One way to answer that a server or proxy offers. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** What stands alone behind the scheme (token68); '' when nothing does. */
  readonly token: string;
  /** By names in lower case, without quotes. */
  readonly params: ReadonlyMap<string, string>;
}

interface Growing extends Challenge {
  token: string;
  readonly params: Map<string, string>;
}

const SPACE = /[ \t]*/y;
const BETWEEN = /[ \t,]*/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
/** Alone up to the next comma: `a=` is one, `a=b` is a parameter. */
const TOKEN68 = /[0-9A-Za-z\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
/** A quote that nobody closes reaches to the end. */
const QUOTED = /"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?$)/sy;
/** Some servers leave out quotes where they are needed. */
const UNQUOTED = /[^ \t,]*/y;
/** What belongs nowhere: a quoted text with all that is in it, or a word. */
const GARBAGE = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|[^ \t,"]+/sy;

/**
 * The challenges of a message in their order, however they are spread over fields (RFC 9110 5.3): a field may hold several, and
 * a challenge may go on in the next field. Nothing of it has to be known or well-formed; what cannot be read takes nothing else along.
 */
export function parseChallenges(fields: Iterable<string>): Challenge[] {
  const all: Growing[] = [];
  for (const field of fields) readField(field, all, true);
  return all;
}

/** The parameters of Authentication-Info and Proxy-Authentication-Info (RFC 9110 11.6.3), by names in lower case. */
export function parseAuthInfo(fields: Iterable<string>): ReadonlyMap<string, string> {
  const info: Growing = { scheme: '', token: '', params: new Map() };
  for (const field of fields) readField(field, [info], false);
  return info.params;
}

/** For people: UTF-8 where it is, else Latin-1. */
export function readableText(text: string): string {
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? text : utf8;
}

/** The realm as it was said, '' when it was not. */
export function rawRealm({ params }: Challenge): string {
  return params.get('realm') ?? '';
}

/** The realm, for people. */
export function realmOf(challenge: Challenge): string {
  return readableText(rawRealm(challenge));
}

/** Whether the server says that it reads UTF-8 (RFC 7617 2.1, RFC 7616 3.3). */
export function saysUtf8(challenge: Challenge): boolean {
  return challenge.params.get('charset')?.toLowerCase() === 'utf-8';
}

function readField(field: string, all: Growing[], mayOpen: boolean): void {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(field);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  let lost = false;
  while (at < field.length) {
    const skipped = take(BETWEEN)![0];
    // a scheme stands behind a comma or at the start; within an element parameters alone follow, even if their comma was forgotten
    const opens = mayOpen && (at === skipped.length || skipped.includes(','));
    // what stands beside a scheme that cannot be read is not said by the one before
    lost &&= !skipped.includes(',');
    const name = take(TOKEN)?.[0].toLowerCase();
    if (name !== undefined && take(EQUALS) !== null) {
      const value = take(QUOTED)?.[1]?.replace(/\\(.)/gs, '$1') ?? take(UNQUOTED)![0];
      if (!lost) keep(all.at(-1), name, value);
    } else if (name !== undefined && opens && endsWord(field, at)) {
      take(SPACE);
      all.push({ scheme: name, token: take(TOKEN68)?.[0] ?? '', params: new Map() });
    } else {
      take(GARBAGE);
      lost ||= opens;
    }
  }
}

/** RFC 9110 11.2: a name stands once. The first one counts, so that what follows by mistake changes nothing. */
function keep(challenge: Growing | undefined, name: string, value: string): void {
  if (challenge !== undefined && !challenge.params.has(name)) challenge.params.set(name, value);
}

function endsWord(field: string, at: number): boolean {
  return at === field.length || ' \t,'.includes(field[at]!);
}
