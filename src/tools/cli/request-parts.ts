import type { CommandSpec } from './commands.ts';
import { UsageError } from './usage-error.ts';

/** One header field, or a file that holds some. */
export type HeaderPlan = { readonly name: string; readonly value: string } | { readonly file: string };

/** Something to send, named but not yet read. */
export type Part = { readonly text: string } | { readonly file: string } | { readonly stdin: true };

export interface BodyPlan {
  readonly kind: 'data' | 'json';
  readonly parts: readonly Part[];
  /** Sent unless the user gave a Content-Type. */
  readonly contentType: string;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function headerPlan(text: string): HeaderPlan {
  return text.startsWith('@') ? { file: fileName(text, '-H') } : headerField(text, '-H');
}

/** `Name: value` taken apart. `where` says in errors where it was read. */
export function headerField(text: string, where: string): { name: string; value: string } {
  const colon = text.indexOf(':');
  // The text may hold a secret, so the message shows the name only.
  if (colon < 0) throw new UsageError(`${where}: a header field without a colon`, "write it 'Name: value'");
  const name = text.slice(0, colon).trim();
  const value = text.slice(colon + 1).trim();
  if (!TOKEN.test(name)) throw new UsageError(`${where}: '${name}' is no header name`, "write it 'Name: value'");
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value))
    throw new UsageError(`${where}: the value of ${name} holds a line break or another control character`);
  return { name, value };
}

/** Header fields out of a file: one a line; empty lines and lines that start with # are skipped. */
export function headerFile(content: string, file: string): { name: string; value: string }[] {
  const fields: { name: string; value: string }[] = [];
  for (const [i, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    fields.push(headerField(line, `${file}, line ${i + 1}`));
  }
  return fields;
}

export function bodyPlan(command: CommandSpec, data: readonly string[], json: readonly string[]): BodyPlan | null {
  if (data.length === 0 && json.length === 0) return null;
  const option = data.length > 0 ? '-d' : '--json-body';
  if (!command.sendsBody) {
    const way = command.name === 'delete' ? 'qnam request -X DELETE' : 'qnam post';
    throw new UsageError(`${command.name} sends no body, so ${option} has no place here`, `${way} ${option} … URL`);
  }
  if (data.length > 0 && json.length > 0) throw new UsageError('-d and --json-body exclude each other');
  if (json.length > 1) throw new UsageError('--json-body is given twice; there is one body');
  const parts = (data.length > 0 ? data : json).map((text) => part(text, option));
  if (parts.filter((each) => 'stdin' in each).length > 1)
    throw new UsageError(`${option} @- is given twice; standard input can be read once`);
  if (json.length > 0) return { kind: 'json', parts, contentType: 'application/json' };
  const whole = parts.length === 1 && !('text' in parts[0]!);
  return { kind: 'data', parts, contentType: whole ? 'application/octet-stream' : 'application/x-www-form-urlencoded' };
}

function part(text: string, option: string): Part {
  if (!text.startsWith('@')) return { text };
  return text === '@-' ? { stdin: true } : { file: fileName(text, option) };
}

function fileName(text: string, option: string): string {
  if (text.length > 1) return text.slice(1);
  throw new UsageError(`${option} @ names no file`);
}
