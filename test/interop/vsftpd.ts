import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Daemon } from './daemon.ts';

/** What a vsftpd is to be. */
export interface VsftpdSetup {
  /** TLS, for who asks for it or for everybody; data connections have to go on with the session of their own. */
  readonly identity?: { readonly key: string; readonly cert: string };
  readonly onlyTls?: boolean;
  /** Seconds after which it hangs up on who says nothing. */
  readonly idle?: number;
}

/** The user of the tests. */
export const FTP_USER = 'qnetworkftp';
export const FTP_PASSWORD = 'correct horse';

/** Only root may let others log in, with a user of its own in the machine's list. */
export const mayLogIn = process.getuid?.() === 0;

/** A vsftpd with a folder for everybody to read (`pub`), and a user with a folder to write in. */
export class Vsftpd implements AsyncDisposable {
  readonly daemon = new Daemon('vsftpd', 'TERM');

  async start({ identity, onlyTls = false, idle = 300 }: VsftpdSetup = {}): Promise<this> {
    const { daemon } = this;
    const home = daemon.shared('home');
    for (const folder of ['pub', 'empty']) {
      mkdirSync(daemon.path(folder), { recursive: true });
      chmodSync(daemon.path(folder), 0o755);
    }
    addUser(home);
    const pem = identity === undefined ? '' : daemon.write('tls.pem', identity.cert + identity.key);
    const tls = `ssl_enable=YES
rsa_cert_file=${pem}
rsa_private_key_file=${pem}
allow_anon_ssl=YES
force_local_logins_ssl=${onlyTls ? 'YES' : 'NO'}
force_local_data_ssl=${onlyTls ? 'YES' : 'NO'}
require_ssl_reuse=YES
ssl_ciphers=HIGH
`;
    await daemon.start(1, ([port]) => {
      const config = daemon.write(
        'vsftpd.conf',
        `listen=YES
background=NO
listen_address=127.0.0.1
listen_port=${port}
anonymous_enable=YES
anon_root=${daemon.path('pub')}
no_anon_password=NO
local_enable=YES
write_enable=YES
local_umask=022
local_root=${home}
user_config_dir=${daemon.shared('users')}
pam_service_name=${PAM}
secure_chroot_dir=${daemon.path('empty')}
seccomp_sandbox=NO
idle_session_timeout=${idle}
vsftpd_log_file=${daemon.path('vsftpd.log')}
xferlog_enable=YES
log_ftp_protocol=YES
xferlog_std_format=NO
${pem === '' ? '' : tls}`,
      );
      return { command: 'vsftpd', args: [config] };
    });
    return this;
  }

  get port(): number {
    return this.daemon.ports[0]!;
  }

  url(path: string, user = '', scheme = 'ftp'): string {
    return `${scheme}://${user === '' ? '' : `${user}@`}127.0.0.1:${this.port}${path}`;
  }

  /** Every command and reply so far. */
  get log(): string {
    return this.daemon.read('vsftpd.log');
  }

  /** Logins so far that were accepted. */
  get logins(): number {
    return this.log.split('OK LOGIN').length - 1;
  }

  /** Puts a file where everybody may read it, and gives its place on the disk. */
  put(name: string, content: string | Uint8Array): string {
    const path = this.daemon.path(`pub/${name}`);
    writeFileSync(path, content);
    return path;
  }

  /** Where the user's files are. */
  home(name: string): string {
    return this.daemon.path(`home/${name}`);
  }

  /** Ends the processes of all sessions at once, as a crash would. */
  kill(): void {
    const pids = new Set([...this.log.matchAll(/\[pid (\d+)\]/g)].map(([, pid]) => Number(pid)));
    for (const pid of pids) endIfOurs(pid, this.daemon.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.daemon[Symbol.asyncDispose]();
    quiet('userdel', ['--force', FTP_USER]);
  }
}

/** Comes with Debian's package. */
const PAM = 'vsftpd';

function addUser(home: string): void {
  quiet('useradd', ['--no-create-home', '--home-dir', '/', '--shell', '/bin/sh', FTP_USER]);
  execFileSync('chpasswd', { input: `${FTP_USER}:${FTP_PASSWORD}\n` });
  const id = (flag: string): number => Number(execFileSync('id', [flag, FTP_USER]).toString());
  chownSync(home, id('-u'), id('-g'));
  chmodSync(home, 0o755);
}

/** Numbers of processes are given out again. */
function endIfOurs(pid: number, folder: string): void {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(folder)) process.kill(pid, 'SIGKILL');
  } catch (error) {
    // it has ended by itself, before it was looked at or since
    if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code!)) throw error;
  }
}

/** It may be there, or gone, already. */
function quiet(command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
  } catch {
    // as it was
  }
}
