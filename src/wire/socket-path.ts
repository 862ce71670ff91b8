import type { Url } from '../base/url.ts';
import type { Wishes } from '../contract/ask.ts';
import { socketPathOf } from '../rules/local-socket.ts';

/** The local socket that a request goes to; '' = none. */
export function socketPath(url: Url, { localSocket }: Wishes): string {
  const temporary = process.getBuiltinModule('node:os').tmpdir();
  return socketPathOf(url, localSocket, { platform: process.platform, temporary });
}
