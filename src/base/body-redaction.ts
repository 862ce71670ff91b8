import { HIDDEN, hideInForm, hideInJson, hideInText, isJsonLike } from './redaction.ts';
import { isSecretName, isTellingName } from './secret-names.ts';

const NONE: readonly string[] = [];

/**
 * A body without secrets, as far as its type says where they are: forms, multipart bodies, JSON, XML, and URLs in any text. What begins like
 * JSON is read as JSON, for much of it is called text or form.
 */
export function hideInBody(text: string, mediaType: string, own: readonly string[] = NONE): string {
  return hideAt(0, text, mediaType, own);
}

/** Multipart bodies within multipart bodies that are looked into; what is deeper is hidden as a whole. */
const DEEPEST = 8;

function hideAt(depth: number, text: string, mediaType: string, own: readonly string[]): string {
  const type = (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (type.startsWith('multipart/')) return depth < DEEPEST ? hideInMultipart(depth, text, mediaType, own) : HIDDEN;
  if (/\bjson\b|ndjson/.test(type)) return hideInJson(text, own);
  const form = type === 'application/x-www-form-urlencoded';
  if (!form && !/^text\/|[/+]xml$|javascript$|^$/.test(type)) return text;
  if (isJsonLike(text)) return hideInJson(text, own);
  if (form) return hideInForm(text, own);
  if (type === 'text/event-stream') return hideInEvents(text, own);
  return hideInAddresses(/[/+]xml$/.test(type) ? hideInXml(text, own) : text, own);
}

function hideInMultipart(depth: number, text: string, mediaType: string, own: readonly string[]): string {
  const said = /;\s*boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(mediaType);
  const boundary = said?.[1] ?? said?.[2] ?? /^--([^\r\n]+)/.exec(text)?.[1] ?? '';
  if (boundary === '') return text;
  const line = `--${boundary}`;
  return text
    .split(line)
    .map((part) => hideInPart(depth, part, own))
    .join(line);
}

function hideInPart(depth: number, part: string, own: readonly string[]): string {
  const blank = /\r?\n\r?\n/.exec(part);
  if (blank === null) return part;
  const start = blank.index + blank[0].length;
  const head = part.slice(0, start);
  const end = part.endsWith('\r\n') ? '\r\n' : part.endsWith('\n') ? '\n' : '';
  const content = part.slice(start, Math.max(start, part.length - end.length));
  const name = /[;\s]name=(?:"([^"]*)"|([^\s;"]+))/i.exec(head);
  if (name !== null && isSecretName(name[1] ?? name[2]!, own)) return content === '' ? part : head + HIDDEN + end;
  const type = /^content-type:[ \t]*([^\r\n]*)/im.exec(head)?.[1] ?? '';
  return head + hideAt(depth + 1, content, type, own) + end;
}

/** Server-sent events: the data of each is often JSON. */
function hideInEvents(text: string, own: readonly string[]): string {
  return text.replace(/^(data: ?)([^\r\n]*)/gm, (_line, field: string, data: string) =>
    isJsonLike(data) ? field + hideInJson(data, own) : field + hideInAddresses(data, own),
  );
}

/** Elements and attributes. `Key` and `Code` are no secrets in the XML of object stores. */
function hideInXml(text: string, own: readonly string[]): string {
  const secret = (name: string): boolean => {
    const local = name.slice(name.indexOf(':') + 1);
    return isTellingName(local) || own.includes(local.toLowerCase());
  };
  return text
    .replace(/(\s)([\w:.-]+)(\s*=\s*)("[^"<]+"|'[^'<]+')/g, (all, blank: string, name: string, equals: string, value: string) =>
      secret(name) && !name.startsWith('xmlns') ? `${blank}${name}${equals}${value[0]}${HIDDEN}${value[0]}` : all,
    )
    .replace(/(<([\w:.-]+)(?:\s[^<>]*)?>)([^<]+)(?=<\/)/g, (all, tag: string, name: string) =>
      secret(name) ? tag + HIDDEN : all,
    );
}

/** Absolute URLs in a text; elsewhere `;key=` is part of a program. */
function hideInAddresses(text: string, own: readonly string[]): string {
  if (!text.includes('://')) return text;
  return text.replace(/\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'<>`\\]+/gi, (url) => hideInText(url, own));
}
