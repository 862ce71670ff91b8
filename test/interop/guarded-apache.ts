import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { until } from '../support/once.ts';
import { Daemon } from './daemon.ts';
import type { Realm } from './realm.ts';
import { Upstream } from './upstream.ts';

const MODULES = [
  ...['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_basic', 'auth_digest'],
  ...['setenvif', 'ssl', 'proxy', 'proxy_http'],
];
const MODULE_FOLDER = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules', '/usr/libexec/apache2'].find((one) =>
  existsSync(one),
);

/** Of `libapache2-mod-auth-gssapi`, which has no program. */
export const hasGssapi = existsSync(`${MODULE_FOLDER}/mod_auth_gssapi.so`);
/** Of `gss-ntlmssp`, which is a library. */
export const hasNtlmssp = hasGssapi && existsSync('/etc/gss/mech.d/mech.ntlmssp.conf');

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** One request, as its access log has it. */
export interface GuardedLine {
  /** The port of the client: which connection it came on. */
  readonly connection: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** `-` = nobody. */
  readonly user: string;
  /** The first word of Authorization and of Proxy-Authorization, `-` = there is none. */
  readonly said: readonly [authorization: string, proxyAuthorization: string];
}

const DOORS = ['kept', 'closed', 'secure'] as const;

const guards = (folder: string, keytab: string): string => `
<Location /basic>
  AuthType Basic
  AuthName apache
  AuthUserFile ${folder}/basic
  Require valid-user
</Location>
<Location /digest>
  AuthType Digest
  AuthName apache
  AuthDigestProvider file
  AuthUserFile ${folder}/digest
  Require valid-user
</Location>
${
  hasGssapi
    ? `<Location /negotiate>
  AuthType GSSAPI
  AuthName krb
  GssapiCredStore keytab:${keytab}
  GssapiAllowedMech krb5
  Require valid-user
</Location>`
    : ''
}
${
  hasNtlmssp
    ? `<Location /ntlm>
  AuthType GSSAPI
  AuthName ntlm
  GssapiAllowedMech ntlmssp
  GssapiConnectionBound On
  Require valid-user
</Location>`
    : ''
}`;

/**
 * An apache that asks who is there: below `/basic/`, `/digest/`, `/negotiate/` and `/ntlm/` it lets in `alice` with the password `secret`,
 * below `/open/` all. What stands behind says how many bytes came. Door `kept` keeps connections, `closed` closes them after each answer,
 * `secure` speaks TLS.
 */
export class GuardedApache implements AsyncDisposable {
  private readonly daemon = new Daemon('guarded-apache');
  private readonly upstream = new Upstream();
  private count = 0;

  async start(identity: { readonly key: string; readonly cert: string }, realm: Realm | null = null): Promise<this> {
    const { daemon, upstream } = this;
    upstream.handlers.set('count', (request, response) => {
      let size = 0;
      request.on('data', (data: Buffer) => {
        size += data.length;
      });
      request.on('end', () => response.end(`${request.method} ${size}`));
    });
    await upstream.listen();
    daemon.write('key.pem', identity.key);
    daemon.write('cert.pem', identity.cert);
    daemon.write('basic', `alice:{SHA}${createHash('sha1').update('secret').digest('base64')}\n`);
    daemon.write('digest', `alice:apache:${md5('alice:apache:secret')}\n`);
    daemon.write('ntlm', 'DOMAIN:alice:secret\n');
    await daemon.start(DOORS.length, ([kept, closed, secure]) => {
      const config = daemon.write('apache.conf', this.config(kept!, closed!, secure!, realm));
      const env = { NTLM_USER_FILE: daemon.path('ntlm'), KRB5_KTNAME: realm?.keytab ?? '', ...realm?.env };
      return { command: 'apache2', args: ['-d', daemon.folder, '-f', config, '-DFOREGROUND'], env };
    });
    return this;
  }

  private config(kept: number, closed: number, secure: number, realm: Realm | null): string {
    const { folder } = this.daemon;
    const modules = hasGssapi ? [...MODULES, 'auth_gssapi'] : MODULES;
    return `
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
ServerRoot ${folder}
ServerName localhost
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
LogLevel warn
${modules.map((name) => `LoadModule ${name}_module ${MODULE_FOLDER}/mod_${name}.so`).join('\n')}
Listen 127.0.0.1:${kept}
Listen 127.0.0.1:${closed}
Listen 127.0.0.1:${secure}
StartServers 1
MinSpareThreads 4
ThreadsPerChild 16
MaxRequestWorkers 32
KeepAlive On
MaxKeepAliveRequests 0
SetEnvIf Authorization "^(\\S+)" said=$1
SetEnvIf Proxy-Authorization "^(\\S+)" said_to_proxy=$1
LogFormat "%{remote}p %m %U %>s %u %{said}e %{said_to_proxy}e" ours
CustomLog ${folder}/access.log ours
ProxyPass / http://127.0.0.1:${this.upstream.port}/
${guards(folder, realm?.keytab ?? '')}
<VirtualHost 127.0.0.1:${closed}>
  KeepAlive Off
</VirtualHost>
<VirtualHost 127.0.0.1:${secure}>
  SSLEngine on
  SSLCertificateFile ${folder}/cert.pem
  SSLCertificateKeyFile ${folder}/key.pem
</VirtualHost>
`;
  }

  /** Another one with each call, so that its lines can be told from others. */
  url(door: (typeof DOORS)[number], guard: string): string {
    const port = this.daemon.ports[DOORS.indexOf(door)];
    return `${door === 'secure' ? 'https' : 'http'}://localhost:${port}/${guard}/${++this.count}/count`;
  }

  /** The requests for a URL so far. Apache writes a line when a request is over, so a client may be a little ahead of it. */
  private log(url: string): GuardedLine[] {
    const lines = this.daemon.read('access.log').split('\n');
    const asked = lines.filter((line) => line.includes(` ${new URL(url).pathname} `));
    return asked.map((line) => {
      const [connection, method, path, status, user, one, other] = line.split(' ') as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      return { connection: Number(connection), method, path, status: Number(status), user, said: [one, other] };
    });
  }

  /** The requests for a URL, once there are so many of them. */
  async whenLogged(count: number, url: string): Promise<GuardedLine[]> {
    await until(() => this.log(url).length >= count, `line ${count} for ${url} in the log of apache`);
    return this.log(url);
  }

  /** Its error log. */
  get said(): string {
    return this.daemon.printed + this.daemon.read('error.log');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}
