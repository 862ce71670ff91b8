/** A file of this machine could not be read or written. */
export class LocalFileError extends Error {
  /** The way out, where there is one. */
  readonly hint: string | undefined;

  constructor(action: string, path: string, cause: unknown, hint?: string) {
    super(`cannot ${action} ${path}: ${reasonOf(cause)}`, { cause });
    this.name = 'LocalFileError';
    this.hint = hint;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  EEXIST: 'it exists already',
};

function reasonOf(cause: unknown): string {
  const { code, message } = cause as { code?: string; message?: string };
  return (code === undefined ? undefined : REASONS[code]) ?? message ?? String(cause);
}
