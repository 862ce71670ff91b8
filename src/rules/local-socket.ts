// Which socket of this machine a URL means.
import { namesSocket } from '../base/local-scheme.ts';
import { decodeAll } from '../base/percent.ts';
import type { Url } from '../base/url.ts';

/** What names of sockets depend on. */
export interface Place {
  /** As in `process.platform`. */
  readonly platform: string;
  /** The folder for temporary files: names without a path stand for sockets in it. */
  readonly temporary: string;
}

const PIPES = '\\\\.\\pipe\\';

/**
 * The path of the socket, or of the named pipe, that a URL names: by its host, or by `wished` where that is not ''. The answer is '' for URLs of
 * other schemes and for those that name nothing.
 */
export function socketPathOf(url: Url, wished: string, { platform, temporary }: Place): string {
  if (!namesSocket(url.scheme)) return '';
  const name = wished === '' ? decodeAll(url.host ?? '') : wished;
  if (name === '') return '';
  if (platform === 'win32') return name.startsWith(PIPES) ? name : PIPES + name;
  if (name.startsWith('/')) return name;
  return temporary.endsWith('/') ? temporary + name : `${temporary}/${name}`;
}

/** Bytes that a path may have: `sun_path` has room for them and a NUL; on Windows names of pipes are counted in characters. */
function mostBytes(platform: string): number {
  if (platform === 'win32') return 256;
  return platform === 'linux' || platform === 'android' ? 107 : 103;
}

/** Why there cannot be a socket at this path; '' when there can. The system would cut the path, or find another one. */
export function socketPathProblem(path: string, platform: string): string {
  if (path.includes('\0')) return 'the path of the socket contains a NUL';
  const most = mostBytes(platform);
  const bytes = Buffer.byteLength(path);
  if (bytes <= most) return '';
  return `the path of the socket has ${bytes} bytes and the system takes ${most}: choose a shorter folder (${path})`;
}
