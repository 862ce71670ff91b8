import type { ChildProcess } from 'node:child_process';
import { isTold } from '../../rules/links/tables.ts';

/** Somebody who hears when something about the interfaces changes. After `close` it is silent. */
export interface Monitor {
  /** Nothing that happens from now on is missed. */
  stands(): boolean;
  close(): void;
}

/** Starts one, null where there is none. `ended`: it hears no more. */
export type StartMonitor = (changed: () => void, ended: () => void) => Monitor | null;

/**
 * Starts `ip`, tells its number and keeps it company: when our end of the input closes, which the kernel sees to even when we are killed, `ip`
 * goes too. No other signal ends the company before that, a reader who is gone already included. The output is left to `ip`
 * alone, so that its end is the end of the output.
 */
const COMPANY = `
ip -o monitor link address route </dev/null &
trap '' HUP INT PIPE TERM
echo "$!"
exec >&-
read -r _
kill -9 "$!"
`;
const SHELL = '/bin/sh';
const NETLINK = '/proc/self/net/netlink';
/** Its number stands in what comes first; more than that is not kept. */
const FIRST_WORDS = 4096;

/** The kernel's notifications on Linux, through the program `ip` (iproute2). */
export class IpMonitor implements Monitor {
  private readonly child: ChildProcess;
  private readonly text: (path: string) => string;
  private readonly changed: () => void;
  private readonly ended: () => void;
  private said = '';
  private ip = 0;
  private closed = false;

  constructor(child: ChildProcess, text: (path: string) => string, changed: () => void, ended: () => void) {
    this.child = child;
    this.text = text;
    this.changed = changed;
    this.ended = ended;
    const { stdin, stdout } = child;
    child.on('error', () => this.over());
    // what cannot be told to somebody who is gone is of no interest
    stdin?.on('error', () => {});
    stdout?.setEncoding('latin1');
    stdout?.on('data', (text: string) => this.heard(text));
    stdout?.on('close', () => this.over());
    for (const one of [child, stdin, stdout] as ({ unref?(): void } | null)[]) one?.unref?.();
  }

  /** It is among those that the kernel tells; where that cannot be seen, never. */
  stands(): boolean {
    return this.ip !== 0 && isTold(this.text(NETLINK), this.ip);
  }

  close(): void {
    this.closed = true;
    this.child.stdin?.destroy();
    this.child.stdout?.destroy();
  }

  private heard(text: string): void {
    if (this.closed) return;
    if (this.ip === 0) {
      this.said = (this.said + text).slice(0, FIRST_WORDS);
      this.ip = Number(/^(\d+)$/m.exec(this.said.slice(0, this.said.lastIndexOf('\n')))?.[1] ?? 0);
    }
    this.changed();
  }

  private over(): void {
    if (this.closed) return;
    this.close();
    this.ended();
  }
}

/** Starts `ip` in a session of its own: what is typed at our terminal is not meant for it. `text` reads a file, '' when it cannot. */
export function startIpMonitor(text: (path: string) => string): StartMonitor {
  return (changed, ended) => {
    const { PATH } = process.env;
    try {
      const child = process.getBuiltinModule('node:child_process').spawn(SHELL, ['-c', COMPANY], {
        stdio: ['pipe', 'pipe', 'ignore'],
        detached: true,
        cwd: '/',
        env: PATH === undefined ? {} : { PATH },
      });
      return new IpMonitor(child, text, changed, ended);
    } catch {
      // this process may start no other one
      return null;
    }
  };
}
