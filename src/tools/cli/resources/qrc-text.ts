import { UsageError } from '../usage-error.ts';

/** What a collection says of one file. */
export interface NamedFile {
  readonly prefix: string;
  /** '' when none is given. */
  readonly alias: string;
  /** Its path, from the folder of the collection. */
  readonly file: string;
  readonly line: number;
}

/** What matters of XML here: comments and declarations, tags, and the text between. */
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>[]*>|<(\/?)([A-Za-z]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Reads a resource collection file (.qrc) as Qt's rcc does. `path` is for what is said when it makes no sense. */
export function readCollection(text: string, path: string): NamedFile[] {
  const found: NamedFile[] = [];
  const open: string[] = [];
  let prefix = '';
  let alias = '';
  let content = '';
  const wrong = (at: number, what: string): UsageError =>
    new UsageError(
      `${path}:${lineAt(text, at)}: ${what}`,
      'it has to be <RCC><qresource prefix="/x"><file>a.png</file></qresource></RCC>',
    );
  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (let end = at; at < text.length; at = end) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) throw wrong(at, 'this is no XML that can be read');
    end = TOKEN.lastIndex;
    const [, closing, name, attributes = '', empty, words] = token;
    if (words !== undefined) {
      if (open.at(-1) === 'file') content += words;
      else if (words.trim() !== '') throw wrong(at, `"${words.trim()}" stands outside of <file>`);
    } else if (name !== undefined && closing === '') {
      if (PARENTS[name] !== (open.at(-1) ?? '')) throw wrong(at, `<${name}> does not belong here`);
      const given = attributesOf(attributes);
      if (name === 'qresource') prefix = given.get('prefix') ?? '';
      if (given.has('lang')) throw wrong(at, 'resources for a language are not known here; use a prefix for each');
      if (name === 'file') alias = given.get('alias') ?? '';
      content = '';
      if (empty === '') open.push(name);
      else if (name === 'file') throw wrong(at, '<file/> names no file');
    } else if (name !== undefined) {
      if (open.pop() !== name) throw wrong(at, `</${name}> closes nothing`);
      if (name !== 'file') continue;
      const file = unescaped(content).trim();
      if (file === '') throw wrong(at, '<file> names no file');
      found.push({ prefix, alias, file, line: lineAt(text, at) });
    }
  }
  if (open.length > 0) throw wrong(at, `<${open.at(-1)}> is not closed`);
  return found;
}

/** Which element stands in which. */
const PARENTS: Readonly<Record<string, string>> = { RCC: '', qresource: 'RCC', file: 'qresource' };

function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', double, single = ''] of text.matchAll(ATTRIBUTE)) found.set(name, unescaped(double ?? single));
  return found;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
