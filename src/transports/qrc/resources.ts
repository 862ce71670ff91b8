import { decodeBytes } from '../../base/percent.ts';

/**
 * Contents by path below the prefix, or the folder that holds them. A function gives the content whenever it is read; text stands for its
 * UTF-8.
 */
export type ResourceSource = string | Readonly<Record<string, Uint8Array | string | (() => Uint8Array | string)>>;

/** What a path in the resources stands for. */
export type Resource =
  | { readonly bytes: Uint8Array }
  /** A path in a registered folder, symbolic links resolved. */
  | { readonly file: string }
  | { readonly missing: 'not-found' | 'directory' | 'access'; readonly reason: string };

interface Collection {
  find(segments: readonly string[]): Resource;
}

/** The registered resources: read-only files under made-up paths. Nothing outside of what was registered can be reached. */
export class Resources {
  /** By prefix, without slashes at its ends. */
  readonly #collections = new Map<string, Collection>();

  /** Throws a TypeError that says what is wrong, and changes nothing then. */
  register(prefix: string, source: ResourceSource): void {
    const key = cleanPath(prefix, 'The prefix');
    if (this.#collections.has(key))
      throw new TypeError(`Resources are registered under "/${key}" already; unregister them first or choose another prefix.`);
    this.#collections.set(key, typeof source === 'string' ? new Folder(source) : new Memory(source));
  }

  /** False when nothing was registered under this prefix. */
  unregister(prefix: string): boolean {
    return this.#collections.delete(cleanPath(prefix, 'The prefix'));
  }

  /** `path` as in a URL, escaped. The longest prefix that has the resource wins. */
  find(path: string): Resource {
    const segments = segmentsOf(path);
    if (segments === null) return OUTSIDE;
    let found: Resource = NOT_FOUND;
    for (let length = segments.length; length >= 0; length--) {
      const collection = this.#collections.get(segments.slice(0, length).join('/'));
      const here = collection?.find(segments.slice(length)) ?? NOT_FOUND;
      if (!('missing' in here)) return here;
      if (found === NOT_FOUND) found = here;
    }
    return found;
  }
}

const NOT_FOUND: Resource = { missing: 'not-found', reason: 'no such resource is registered' };
const OUTSIDE: Resource = { missing: 'access', reason: 'the path would leave the registered resources' };
const DIRECTORY: Resource = { missing: 'directory', reason: 'it is a directory' };

/** Null when a segment is not a plain name. Escapes are undone first, so that none can hide a dot or a separator. */
function segmentsOf(path: string): string[] | null {
  const segments: string[] = [];
  for (const part of path.split('/')) {
    const name = part.includes('%') ? decodeBytes(part).toString('utf8') : part;
    if (!isPlainName(name)) return null;
    if (name !== '') segments.push(name);
  }
  return segments;
}

function isPlainName(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}

function cleanPath(path: string, what: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  const wrong = parts.find((part) => !isPlainName(part));
  if (wrong === undefined) return parts.join('/');
  throw new TypeError(`${what} "${path}" of the resources may not contain "${wrong}"; write it as /folder/name, unescaped.`);
}

class Memory implements Collection {
  readonly #files = new Map<string, Uint8Array | (() => Uint8Array | string)>();

  constructor(files: Exclude<ResourceSource, string>) {
    for (const [name, content] of Object.entries(files)) {
      if (!isBytes(content) && typeof content !== 'function')
        throw new TypeError(`The resource "${name}" must be a string, a Uint8Array, or a function that gives one of them.`);
      const path = cleanPath(name, 'The name');
      if (path === '' || this.#files.has(path)) throw new TypeError(`The name "${name}" of a resource is empty or given twice.`);
      this.#files.set(path, typeof content === 'function' ? content : Buffer.from(content as Uint8Array));
    }
  }

  find(segments: readonly string[]): Resource {
    const path = segments.join('/');
    const content = this.#files.get(path);
    if (content !== undefined) return typeof content === 'function' ? given(content) : { bytes: content };
    if (path === '') return DIRECTORY;
    for (const name of this.#files.keys()) if (name.startsWith(`${path}/`)) return DIRECTORY;
    return NOT_FOUND;
  }
}

function isBytes(content: unknown): content is Uint8Array | string {
  return typeof content === 'string' || content instanceof Uint8Array;
}

/** What a function of the program gives. */
function given(content: () => Uint8Array | string): Resource {
  try {
    const bytes: unknown = content();
    if (isBytes(bytes)) return { bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes };
    return { missing: 'access', reason: 'the function that was registered gives neither a string nor a Uint8Array' };
  } catch (error) {
    return { missing: 'access', reason: `the function that was registered throws: ${String(error)}` };
  }
}

class Folder implements Collection {
  /** With its links resolved, ending in a separator. */
  readonly #root: string;

  constructor(folder: string) {
    const { sep } = process.getBuiltinModule('node:path');
    const root = realPath(folder);
    if (root === null || !process.getBuiltinModule('node:fs').statSync(root).isDirectory())
      throw new TypeError(`"${folder}" is not a folder that can be registered as resources: it must exist.`);
    this.#root = root.endsWith(sep) ? root : root + sep;
  }

  find(segments: readonly string[]): Resource {
    if (segments.length === 0) return DIRECTORY;
    const { sep } = process.getBuiltinModule('node:path');
    // Drives and alternate streams of Windows hang on a colon.
    if (sep === '\\' && segments.some((segment) => segment.includes(':'))) return OUTSIDE;
    const real = realPath(this.#root + segments.join(sep));
    if (real === null) return NOT_FOUND;
    return real.startsWith(this.#root) ? { file: real } : OUTSIDE;
  }
}

/** Null when there is nothing. */
function realPath(path: string): string | null {
  try {
    return process.getBuiltinModule('node:fs').realpathSync.native(path);
  } catch {
    return null;
  }
}

const shared = new Resources();

/** The resources of the whole process, which every manager sees. */
export function sharedResources(): Resources {
  return shared;
}

/** Makes files readable as `qrc:/prefix/name`: those of a folder, or contents by name. Throws a TypeError for anything unusable. */
export function registerResource(prefix: string, folderOrFiles: ResourceSource): void {
  shared.register(prefix, folderOrFiles);
}

/** Forgets the resources under a prefix; false when there were none. */
export function unregisterResource(prefix: string): boolean {
  return shared.unregister(prefix);
}
