import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, within } from '../support/once.ts';
import { identity } from '../support/tls.ts';
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
}

const LOG_FORMAT =
  '$connection $connection_requests $request_method $request_uri $status $body_bytes_sent $server_port $ssl_protocol';

interface Ports {
  readonly http: number;
  readonly https: number;
  /** TLS 1.2 and nothing newer. */
  readonly oldTls: number;
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

const config = (folder: string, ports: Ports, upstream: number): string => `
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
  ${server(folder, `listen 127.0.0.1:${ports.http};`, upstream)}
  ${server(folder, `listen 127.0.0.1:${ports.https} ssl; ssl_protocols TLSv1.2 TLSv1.3;`, upstream)}
  ${server(folder, `listen 127.0.0.1:${ports.oldTls} ssl; ssl_protocols TLSv1.2;`, upstream)}
}
`;

/** An nginx of the test's own: foreground process, own folder, own ports. */
export class Nginx implements AsyncDisposable {
  readonly folder: string;
  ports: Ports = { http: 0, https: 0, oldTls: 0 };
  private readonly words: string[] = [];
  private process: ChildProcess | null = null;
  private over: Promise<void> = Promise.resolve();
  private running = false;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'qnetwork-nginx-'));
    mkdirSync(join(this.folder, 'docs'));
    const { key, cert } = identity();
    writeFileSync(join(this.folder, 'key.pem'), key);
    writeFileSync(join(this.folder, 'cert.pem'), cert);
  }

  /** Writes a file to be served under this name. */
  put(name: string, content: string | Uint8Array): void {
    const path = join(this.folder, 'docs', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  }

  /** `upstream` is the port of the server behind it. */
  async start(upstream: number): Promise<this> {
    // Somebody may take a port between our looking and nginx's binding; then others are looked for.
    for (let attempt = 1; ; attempt++) {
      const [http, https, oldTls] = await freePorts(3);
      this.ports = { http: http!, https: https!, oldTls: oldTls! };
      writeFileSync(join(this.folder, 'nginx.conf'), config(this.folder, this.ports, upstream));
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
    return `http://127.0.0.1:${this.ports.http}${path}`;
  }

  secureUrl(path: string): string {
    return `https://127.0.0.1:${this.ports.https}${path}`;
  }

  /** With TLS 1.2. */
  oldTlsUrl(path: string): string {
    return `https://127.0.0.1:${this.ports.oldTls}${path}`;
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
      const [connection, nth, method, uri, status, sent, port, tls] = line.split(' ');
      const numbers = { connection: Number(connection), nth: Number(nth), status: Number(status), sent: Number(sent) };
      return { ...numbers, method: method!, uri: uri!, port: Number(port), tls: tls! };
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

/** Ports of the loopback interface that nobody has at the moment. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const one of servers) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  const ports = servers.map((one) => (one.address() as AddressInfo).port);
  for (const one of servers) await new Promise((resolve) => one.close(resolve));
  return ports;
}
