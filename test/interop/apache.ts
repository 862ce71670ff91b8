import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mint } from '../support/mint.ts';
import { within } from '../support/once.ts';
import { root } from './client-tls.ts';
import { accepts, freePorts } from './ports.ts';
import { program } from './programs.ts';

const MODULES = [
  'mpm_event',
  'authz_core',
  'alias',
  'dir',
  'mime',
  'filter',
  'deflate',
  'headers',
  'ssl',
  'http2',
  'proxy',
  'proxy_http',
];

/** Where Debian and others keep them. */
const MODULE_FOLDERS = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules', '/usr/libexec/apache2'];

const PORTS = ['http', 'https', 'old', 'mutual'] as const;
type Ports = Readonly<Record<(typeof PORTS)[number], number>>;

const secure = (folder: string, port: number, settings: string): string => `
<VirtualHost 127.0.0.1:${port}>
  Protocols h2 http/1.1
  SSLEngine on
  SSLCertificateFile ${folder}/site.pem
  SSLCertificateKeyFile ${folder}/site-key.pem
  SSLCACertificateFile ${folder}/root.pem
  ${settings}
</VirtualHost>`;

const config = (folder: string, ports: Ports, upstream: number): string => `
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
ServerRoot ${folder}
ServerName 127.0.0.1
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
LogLevel warn
${MODULES.map((name) => `LoadModule ${name}_module ${MODULE_FOLDERS.find((one) => existsSync(one))}/mod_${name}.so`).join('\n')}
${PORTS.map((name) => `Listen 127.0.0.1:${ports[name]}`).join('\n')}
TypesConfig /dev/null
AddType text/plain .txt
StartServers 1
MinSpareThreads 4
ThreadsPerChild 16
MaxRequestWorkers 32
DocumentRoot ${folder}/docs
SSLSessionCache none
<Directory ${folder}/docs>
  Require all granted
</Directory>
DirectoryIndex index.html
Alias /zipped/ ${folder}/docs/
Alias /hinted/ ${folder}/docs/
<Location /zipped/>
  SetOutputFilter DEFLATE
</Location>
H2EarlyHints on
<Location /hinted/>
  H2EarlyHint Link "</style.css>; rel=preload; as=style"
</Location>
ProxyPass /upstream/ http://127.0.0.1:${upstream}/
<VirtualHost 127.0.0.1:${ports.http}>
  Protocols h2c http/1.1
</VirtualHost>
${secure(folder, ports.https, '')}
${secure(folder, ports.old, 'SSLProtocol TLSv1.2\n<Location /private/>\nSSLVerifyClient require\n</Location>\nAlias /private/ ' + folder + '/docs/')}
${secure(folder, ports.mutual, 'SSLVerifyClient require')}
`;

/** An apache of the test's own. Its certificate is below `root`; port `mutual` wants one of the client, and port `old` for `/private/`. */
export class Apache implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'qnetwork-apache-'));
  ports: Ports = { http: 0, https: 0, old: 0, mutual: 0 };
  private process: ChildProcess | null = null;
  private over: Promise<void> = Promise.resolve();

  constructor() {
    const site = mint({ name: 'site', by: root });
    // it becomes somebody who may not look into the folders of others
    chmodSync(this.folder, 0o755);
    mkdirSync(join(this.folder, 'docs'));
    writeFileSync(join(this.folder, 'site.pem'), site.pem);
    writeFileSync(join(this.folder, 'site-key.pem'), site.keyPem);
    writeFileSync(join(this.folder, 'root.pem'), root.pem);
  }

  put(name: string, content: string | Uint8Array): void {
    const path = join(this.folder, 'docs', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** `upstream` is the port of the server behind it, if there is one. */
  async start(upstream = 1): Promise<this> {
    for (let attempt = 1; ; attempt++) {
      const [http, https, old, mutual] = await freePorts(PORTS.length);
      this.ports = { http: http!, https: https!, old: old!, mutual: mutual! };
      writeFileSync(join(this.folder, 'apache.conf'), config(this.folder, this.ports, upstream));
      const child = spawn(program('apache2')!, ['-d', this.folder, '-f', join(this.folder, 'apache.conf'), '-DFOREGROUND'], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      this.process = child;
      let complaints = '';
      child.stderr.on('data', (data: Buffer) => {
        complaints += data.toString();
      });
      this.over = new Promise((resolve) => void child.on('close', () => resolve()));
      while (child.exitCode === null && !(await accepts(this.ports.mutual)));
      if (child.exitCode === null) return this;
      if (attempt === 3) throw new Error(`apache did not start:\n${complaints}${this.said}`);
    }
  }

  url(port: (typeof PORTS)[number], path = '/'): string {
    return `${port === 'http' ? 'http' : 'https'}://127.0.0.1:${this.ports[port]}${path}`;
  }

  /** Its error log. */
  get said(): string {
    const path = join(this.folder, 'error.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process?.kill('SIGTERM');
    await within(this.over, 'the end of apache', 10_000);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
