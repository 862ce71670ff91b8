import { UsageError } from './usage-error.ts';

/** Where a body goes. */
export type Destination = { readonly kind: 'stdout' } | { readonly kind: 'file'; readonly path: string };

export interface Target {
  readonly url: string;
  readonly destination: Destination;
}

const STDOUT: Destination = { kind: 'stdout' };

/** Pairs URLs with the places their bodies go to. */
export function destinations(urls: readonly string[], outputs: readonly string[], remoteName: boolean): Target[] {
  if (remoteName && outputs.length > 0) throw new UsageError('-o and -O exclude each other');
  if (outputs.length > 0 && outputs.length !== urls.length && !outputs.every((output) => output === '-')) {
    throw new UsageError(
      `${urls.length} URL${urls.length === 1 ? '' : 's'} but ${outputs.length} -o`,
      'give one -o for each URL, in the same order, or -O to name the files after the URLs',
    );
  }
  const targets = urls.map((url, i) => ({ url, destination: remoteName ? remoteFile(url) : localFile(outputs[i]) }));
  refuseSharedFiles(targets);
  return targets;
}

function localFile(output: string | undefined): Destination {
  if (output === undefined || output === '-') return STDOUT;
  if (output === '') throw new UsageError('-o needs a file name');
  return { kind: 'file', path: output };
}

function remoteFile(url: string): Destination {
  const name = safeFileName(url);
  if (name === null) throw new UsageError(`-O: '${url}' ends in no file name`, 'name the file with -o FILE');
  return { kind: 'file', path: name };
}

/**
 * A file name made from the last part of a URL's path; null when there is none. It names a plain, visible file in the current folder
 * whatever the URL holds: separators, control characters and what Windows forbids become `_`, and so does a leading dot.
 */
export function safeFileName(url: string): string | null {
  const path = /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? '';
  if (/^data:/i.test(url)) return null;
  const last = path.slice(path.lastIndexOf('/') + 1);
  let name: string;
  try {
    name = decodeURIComponent(last);
  } catch {
    name = last;
  }
  name = name
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff/\\:*?"<>|]/g, '_')
    .replace(/^[. ~-]+/, (start) => '_'.repeat(start.length))
    .replace(/[. ]+$/, '');
  while (Buffer.byteLength(name) > 200) name = [...name].slice(1).join('');
  return /^_*$/.test(name) ? null : name;
}

function refuseSharedFiles(targets: readonly Target[]): void {
  const seen = new Map<string, string>();
  for (const { url, destination } of targets) {
    if (destination.kind !== 'file') continue;
    const other = seen.get(destination.path);
    if (other !== undefined) {
      throw new UsageError(`'${other}' and '${url}' would both be written to ${destination.path}`, 'give each its own -o FILE');
    }
    seen.set(destination.path, url);
  }
}
