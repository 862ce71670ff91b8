import { hideInBody } from '../../base/body-redaction.ts';
import type { Coding } from '../../rules/content-coding.ts';
import { applied, begun, undone } from './codings.ts';

/** Who may see what. */
interface Settings {
  readonly secrets: boolean;
  /** In lower case. */
  readonly secretNames: readonly string[];
}

/** The body of an answer as a recording has it. */
export interface ShownAnswer {
  readonly shown: Buffer;
  /** The codings are still on it. */
  readonly coded: boolean;
  /** Bytes that it has without its codings, or with them when they stay. */
  readonly plainSize: number;
}

/** The body without secrets, whatever its charset: what is no UTF-8 is read octet by octet. The very same when there are none. */
function hidden(bytes: Buffer, mediaType: string, names: readonly string[]): Buffer {
  const encoding = process.getBuiltinModule('node:buffer').isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = bytes.toString(encoding);
  const shown = hideInBody(text, mediaType, names);
  return shown === text ? bytes : Buffer.from(shown, encoding);
}

/** The body of a request without secrets. null = it is packed and has some: packed once more it would be another body, which no request is found by. */
export function shownBody(bytes: Buffer, mediaType: string, codings: readonly Coding[], names: readonly string[]): Buffer | null {
  const plain = codings.length === 0 ? null : begun(bytes, codings);
  if (plain === null) return hidden(bytes, mediaType, names);
  return hidden(plain, mediaType, names) === plain ? bytes : null;
}

/** The body of an answer: unpacked when the program had it so, and without secrets unless they are asked for. */
export function shownAnswer(
  bytes: Buffer,
  mediaType: string,
  decodes: boolean,
  codings: readonly Coding[],
  { secrets, secretNames }: Settings,
): ShownAnswer {
  const hide = (plain: Buffer): Buffer => (secrets ? plain : hidden(plain, mediaType, secretNames));
  if (codings.length === 0) return { shown: hide(bytes), coded: false, plainSize: bytes.length };
  const plain = undone(bytes, codings);
  if (plain !== null && decodes) return { shown: hide(plain), coded: false, plainSize: plain.length };
  const stays = { coded: true, plainSize: bytes.length };
  // a part of a packed body can be read as well
  const seen = secrets ? null : (plain ?? begun(bytes, codings));
  if (seen === null) return { shown: hide(bytes), ...stays };
  const told = hide(seen);
  return { shown: told === seen ? bytes : applied(told, codings), ...stays };
}
