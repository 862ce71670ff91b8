/** A value in Apple's XML property lists; of those that are no containers only text and whole numbers are read, others are null. */
export type Listed = string | number | null | Listed[] | Map<string, Listed>;

const TOKEN = /<(\/?)([a-z]+)(\s[^>]*?)?(\/?)>([^<]*)/g;
const DEEPEST = 32;

/** Reads a property list; null when it is none. */
export function readPropertyList(text: string): Listed {
  const at = text.indexOf('<plist');
  if (at < 0) return null;
  const tokens = text.slice(at).matchAll(TOKEN);
  tokens.next();
  return valueFrom(tokens, tokens.next().value, 0);
}

type Token = RegExpExecArray | undefined;

function valueFrom(tokens: Iterator<RegExpExecArray>, token: Token, depth: number): Listed {
  if (token === undefined || depth > DEEPEST) return null;
  const [, , name, , empty, content] = token;
  if (name === 'dict') return empty === '' ? dictFrom(tokens, depth) : new Map();
  if (name === 'array') return empty === '' ? arrayFrom(tokens, depth) : [];
  if (empty === '') tokens.next();
  if (name === 'integer') return Number(content);
  return name === 'string' || name === 'key' ? plain(content!) : null;
}

function dictFrom(tokens: Iterator<RegExpExecArray>, depth: number): Map<string, Listed> {
  const dict = new Map<string, Listed>();
  for (let key = next(tokens); key !== undefined && key[1] === ''; key = next(tokens)) {
    tokens.next();
    dict.set(plain(key[5]!), valueFrom(tokens, next(tokens), depth + 1));
  }
  return dict;
}

function arrayFrom(tokens: Iterator<RegExpExecArray>, depth: number): Listed[] {
  const list: Listed[] = [];
  for (let token = next(tokens); token !== undefined && token[1] === ''; token = next(tokens))
    list.push(valueFrom(tokens, token, depth + 1));
  return list;
}

function next(tokens: Iterator<RegExpExecArray>): Token {
  const { done, value } = tokens.next();
  return done === true ? undefined : value;
}

function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
