import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { until } from '../support/once.ts';
import { Daemon } from './daemon.ts';
import { SECRET } from './ntlm/acceptor.mjs';
import { SquidHelper } from './ntlm/squid-helper.ts';

export type SquidScheme = 'basic' | 'digest' | 'ntlm' | 'negotiate';

/** What a squid is to be. */
export interface SquidSetup {
  /** How those are asked who come to its guarded door, in the order of its fields. */
  readonly schemes: readonly SquidScheme[];
  /** It closes its connections after each answer. */
  readonly closes?: boolean;
  /** For `negotiate`: the keys of `HTTP/localhost`, and the configuration of the realm. */
  readonly kerberos?: { readonly keytab: string; readonly config: string };
  /** For its door over TLS. */
  readonly identity?: { readonly key: string; readonly cert: string };
}

/** One request, as its access log has it. */
export interface SquidLine {
  /** The port of the client: which connection it came on. */
  readonly connection: number;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** `-` = nobody, or nobody yet. */
  readonly user: string;
  /** The first word of Proxy-Authorization, `-` = there was none. */
  readonly said: string;
}

const DOORS = ['open', 'guarded', 'secure'] as const;
const FOLDER = '/usr/lib/squid';
export const USER = 'alice';
export const PASSWORD = 'secret';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * A squid of the test's own, with the doors `open`, `guarded` and, with an identity, `secure`, which is guarded too. It keeps nothing, and
 * leads nobody to `forbidden.test`.
 */
export class Squid implements AsyncDisposable {
  // an orderly end takes it two seconds
  private readonly daemon = new Daemon('squid', 'KILL');
  private readonly ntlm = new SquidHelper({ [USER]: SECRET });

  async start(setup: SquidSetup): Promise<this> {
    const { daemon } = this;
    const log = daemon.shared('log');
    const ntlm = setup.schemes.includes('ntlm') ? daemon.write('ntlm.sh', await this.ntlm.start()) : '';
    const programs = this.programs(setup, ntlm);
    const doors = setup.identity === undefined ? 2 : 3;
    if (setup.identity !== undefined) daemon.write('both.pem', setup.identity.cert + setup.identity.key);
    await daemon.start(doors, ([open, guarded, secure]) => {
      const config = daemon.write(
        'squid.conf',
        `http_port 127.0.0.1:${open} name=open
http_port 127.0.0.1:${guarded} name=guarded
${secure === undefined ? '' : `https_port 127.0.0.1:${secure} name=secure tls-cert=${daemon.path('both.pem')}`}
${setup.schemes.map((scheme) => `auth_param ${scheme} program ${programs[scheme]}\nauth_param ${scheme} children 2\n${realm(scheme)}`).join('')}
acl open myportname open
acl forbidden dstdomain forbidden.test
http_access deny forbidden
http_access allow open
${setup.schemes.length === 0 ? '' : 'acl known proxy_auth REQUIRED\nhttp_access deny !known'}
http_access allow all
client_persistent_connections ${setup.closes === true ? 'off' : 'on'}
cache deny all
# squid 5 gives a few of a hundred large uploads up when this is full for a moment
client_request_buffer_max_size 32 MB
logformat ours %>p %rm %ru %>Hs %un %#{Proxy-Authorization}>h
access_log stdio:${log}/access.log ours
cache_log ${log}/cache.log
pid_filename none
coredump_dir ${log}
shutdown_lifetime 0 seconds
icp_port 0
pinger_enable off
visible_hostname localhost
${process.getuid?.() === 0 ? 'cache_effective_user proxy' : ''}
`,
      );
      const env = setup.kerberos === undefined ? {} : { KRB5_CONFIG: setup.kerberos.config };
      return { command: 'squid', args: ['-n', nameOf(open!), '-N', '-f', config], env };
    });
    return this;
  }

  private programs({ kerberos }: SquidSetup, ntlm: string): Readonly<Record<SquidScheme, string>> {
    const basic = this.daemon.write('basic', `${USER}:${md5(PASSWORD)}\n`);
    const digest = this.daemon.write('digest', `${USER}:squid:${md5(`${USER}:squid:${PASSWORD}`)}\n`);
    return {
      basic: `${FOLDER}/basic_ncsa_auth ${basic}`,
      digest: `${FOLDER}/digest_file_auth -c ${digest}`,
      ntlm: `/bin/bash ${ntlm}`,
      negotiate: `${FOLDER}/negotiate_kerberos_auth -s HTTP/localhost -k ${kerberos?.keytab ?? ''}`,
    };
  }

  url(door: (typeof DOORS)[number]): string {
    return `${door === 'secure' ? 'https' : 'http'}://127.0.0.1:${this.daemon.ports[DOORS.indexOf(door)]}`;
  }

  /** All requests so far. Squid writes a line when a request is over, so a client may be a little ahead of it. */
  log(): SquidLine[] {
    const lines = this.daemon.read('log/access.log').split('\n');
    // who looks whether it listens asks for nothing
    const asked = lines.filter((line) => line !== '' && !line.includes(' error:'));
    return asked.map((line) => {
      const words = line.split(' ') as [string, string, string, string, string, string];
      const [connection, method, url, status, user, said] = words;
      return { connection: Number(connection), method, url, status: Number(status), user, said: /^\w+|-/.exec(said)![0] };
    });
  }

  /** The lines, once there are so many of them; `such` are those that count. */
  async whenLogged(count: number, such: (line: SquidLine) => boolean = () => true): Promise<SquidLine[]> {
    await until(() => this.log().filter(such).length >= count, `line ${count} in the log of squid`);
    return this.log().filter(such);
  }

  /** What it says about itself. */
  get said(): string {
    return this.daemon.printed + this.daemon.read('log/cache.log');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
    await this.ntlm[Symbol.asyncDispose]();
    for (const name of ['metadata', 'queues', 'readers'])
      rmSync(`/dev/shm/${nameOf(this.daemon.ports[0]!)}-cf__${name}.shm`, { force: true });
  }
}

/** Keeps what squids share in memory apart. */
const nameOf = (port: number): string => `qnetwork${port}`;

const realm = (scheme: SquidScheme): string =>
  scheme === 'basic' || scheme === 'digest' ? `auth_param ${scheme} realm squid\n` : '';
