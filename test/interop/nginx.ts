import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, within } from '../support/once.ts';
import { identity } from '../support/tls.ts';
import { freePorts } from './ports.ts';
import { program } from './programs.ts';

/** One line of the access log. nginx writes it when it is done with a request, so a client may be a little ahead of it. */
export interface Logged {
  readonly connection: number;
  /** Which request of its connection, from 1. */
  readonly nth: number;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  /** Body bytes that went out. */
  readonly sent: number;
  readonly port: number;
  /** `TLSv1.3` …, `-` without TLS. */
  readonly tls: string;
  /** The handshake went on with a session of before. */
  readonly resumed: boolean;
  /** `HTTP/1.1`, `HTTP/2.0`. */
  readonly protocol: string;
}

const LOG_FORMAT = [
  '$connection $connection_requests $request_method $request_uri $status $body_bytes_sent $server_port $ssl_protocol',
  '$ssl_session_reused $server_protocol',
].join(' ');

/** What an nginx is to be. */
export interface Setup {
  /** Its ports, by names that the setup gives them. */
  readonly ports: readonly string[];
  /** Files beside its configuration, beside `cert.pem` and `key.pem`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What stands in `http { }`, behind what every one of them wants. `upstream` is the port of the server behind it. */
  servers(folder: string, ports: Readonly<Record<string, number>>, upstream: number): string;
}

const server = (folder: string, listen: string, upstream: number): string => `
  server {
    ${listen}
    server_name 127.0.0.1;
    root ${folder}/docs;
    autoindex off;
    absolute_redirect on;

    location = /echo { return 200 "$request_method $arg_n\\n"; }
    location = /few { keepalive_requests 5; return 200 "$request_method $arg_n\\n"; }
    location = /brief { keepalive_timeout 3ms; return 200 "$request_method $arg_n\\n"; }
    location /uri/ { return 200 "$request_uri\\n"; }
    location = /nothing { return 204; }
    location = /silent { return 444; }
    location = /denied { deny all; }
    location /limited/ { alias ${folder}/docs/; limit_rate 64k; }
    location /packed/ { gzip_static on; }
    location /zipped/ { alias ${folder}/docs/; gzip on; gzip_types text/plain; gzip_min_length 256; }
    location /trailing/ { alias ${folder}/docs/; gzip on; gzip_types text/plain; add_trailer X-Status $status; }

    location /small/ { client_max_body_size 1k; proxy_pass http://127.0.0.1:${upstream}; }
    location /kept/ { proxy_pass http://127.0.0.1:${upstream}; }
    location /straight/ {
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_pass http://127.0.0.1:${upstream};
    }
    location /until-close/ {
      chunked_transfer_encoding off;
      proxy_pass http://127.0.0.1:${upstream};
    }
    location /dead/ { proxy_pass http://127.0.0.1:1; }
  }`;

const config = (setup: Setup, folder: string, ports: Readonly<Record<string, number>>, upstream: number): string => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 256; }
http {
  log_format told '${LOG_FORMAT}';
  access_log ${folder}/access.log told;
  types { text/html html; text/plain txt; }
  default_type application/octet-stream;
  sendfile on;
  client_max_body_size 0;
  keepalive_timeout 30s 20s;
  keepalive_requests 1000;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ssl_certificate ${folder}/cert.pem;
  ssl_certificate_key ${folder}/key.pem;
  ${setup.servers(folder, ports, upstream)}
}
`;

/** In the clear, with TLS, and with TLS 1.2 and nothing newer. */
const PLAIN: Setup = {
  ports: ['http', 'https', 'oldTls'],
  servers: (folder, ports, upstream) => `
  ${server(folder, `listen 127.0.0.1:${ports['http']};`, upstream)}
  ${server(folder, `listen 127.0.0.1:${ports['https']} ssl; ssl_protocols TLSv1.2 TLSv1.3;`, upstream)}
  ${server(folder, `listen 127.0.0.1:${ports['oldTls']} ssl; ssl_protocols TLSv1.2;`, upstream)}`,
};

/** An nginx of the test's own: foreground process, own folder, own ports. */
export class Nginx implements AsyncDisposable {
  readonly folder: string;
  ports: Readonly<Record<string, number>> = {};
  private readonly setup: Setup;
  private readonly words: string[] = [];
  private process: ChildProcess | null = null;
  private over: Promise<void> = Promise.resolve();
  private running = false;

  constructor(setup: Setup = PLAIN) {
    this.setup = setup;
    this.folder = mkdtempSync(join(tmpdir(), 'qnetwork-nginx-'));
    mkdirSync(join(this.folder, 'docs'));
    const { key, cert } = identity();
    writeFileSync(join(this.folder, 'key.pem'), key);
    writeFileSync(join(this.folder, 'cert.pem'), cert);
    for (const [name, content] of Object.entries(setup.files ?? {})) writeFileSync(join(this.folder, name), content);
  }

  /** Writes a file to be served under this name. */
  put(name: string, content: string | Uint8Array): void {
    const path = join(this.folder, 'docs', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  }

  /** `upstream` is the port of the server behind it, if there is one. */
  async start(upstream = 1): Promise<this> {
    // Somebody may take a port between our looking and nginx's binding; then others are looked for.
    for (let attempt = 1; ; attempt++) {
      const names = this.setup.ports;
      const numbers = await freePorts(names.length);
      this.ports = Object.fromEntries(names.map((name, i) => [name, numbers[i]!]));
      writeFileSync(join(this.folder, 'nginx.conf'), config(this.setup, this.folder, this.ports, upstream));
      this.spawn();
      await until(() => !this.running || this.says(/start worker process \d+/), 'the start of nginx', 10_000);
      if (this.running) return this;
      if (attempt === 3 || !this.says(/Address already in use/))
        throw new Error(`nginx did not start:\n${this.words.join('\n')}`);
    }
  }

  private spawn(): void {
    const child = spawn(program('nginx')!, ['-p', this.folder, '-c', join(this.folder, 'nginx.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process = child;
    this.running = true;
    let rest = '';
    child.stderr!.on('data', (data: Buffer) => {
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop()!;
      this.words.push(...lines);
    });
    this.over = new Promise((resolve) => {
      child.on('close', () => {
        this.running = false;
        resolve();
      });
    });
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.ports['http']}${path}`;
  }

  secureUrl(path: string): string {
    return `https://127.0.0.1:${this.ports['https']}${path}`;
  }

  /** With TLS 1.2. */
  oldTlsUrl(path: string): string {
    return `https://127.0.0.1:${this.ports['oldTls']}${path}`;
  }

  /** The process of the newest worker. */
  get worker(): number {
    const line = this.words.findLast((word) => /start worker process \d+/.test(word));
    return Number(/\d+$/.exec(line!)![0]);
  }

  /** The process that starts the workers. */
  get master(): number {
    return this.process!.pid!;
  }

  /** Lines of the error log so far; hand it to {@link whenSays} to hear only what is new. */
  get said(): number {
    return this.words.length;
  }

  whenSays(what: RegExp, since = 0): Promise<void> {
    return until(() => this.says(what, since), `nginx saying ${what}`);
  }

  private says(what: RegExp, since = 0): boolean {
    return this.words.slice(since).some((line) => what.test(line));
  }

  /** The access log, or those of its lines with this path; with a `?` the query must fit, too. */
  log(path?: string): Logged[] {
    const lines = readFileSync(join(this.folder, 'access.log'), 'utf8').split('\n').slice(0, -1);
    const all = lines.map((line): Logged => {
      const [connection, nth, method, uri, status, sent, port, tls, session, protocol] = line.split(' ');
      const numbers = { connection: Number(connection), nth: Number(nth), status: Number(status), sent: Number(sent) };
      const rest = { port: Number(port), tls: tls!, resumed: session === 'r', protocol: protocol! };
      return { ...numbers, ...rest, method: method!, uri: uri! };
    });
    return path === undefined ? all : all.filter((line) => (path.includes('?') ? line.uri : line.uri.split('?')[0]) === path);
  }

  /** The lines for a path, once there are so many of them. */
  async whenLogged(count: number, path: string): Promise<Logged[]> {
    await until(() => this.log(path).length >= count, `line ${count} for ${path} in the log of nginx`);
    return this.log(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process?.kill('SIGTERM');
    await within(this.over, 'the end of nginx', 10_000);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
