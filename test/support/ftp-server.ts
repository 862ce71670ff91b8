import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { Listening } from './listening.ts';

/** What a test has the server do for a command, instead of what it would do. `false` = that all the same. */
export type FtpScript = (session: FtpSession, argument: string) => unknown;

export interface FtpSetup {
  /** By the path that a command names. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** By name; nobody may go without one unless `anonymous` is there. */
  readonly users?: Readonly<Record<string, string>>;
  readonly features?: readonly string[];
  readonly greeting?: string;
  /** By command, in upper case. */
  readonly scripts?: Readonly<Record<string, FtpScript>>;
  readonly identity?: { readonly key: string; readonly cert: string };
}

const FEATURES = ['SIZE', 'MDTM', 'REST STREAM', 'MLST type*;size*;', 'EPSV', 'UTF8'];
export const MODIFIED = '20240229120000.123';

/** A small FTP server on a port of its own, whose every answer can be scripted. */
export class FtpServer extends Listening {
  /** All commands, the password of PASS included. */
  readonly requests: string[] = [];
  readonly files = new Map<string, Buffer>();
  readonly setup: FtpSetup;
  readonly sessions: FtpSession[] = [];
  protected readonly server: Server;

  constructor(setup: FtpSetup = {}) {
    super();
    this.setup = setup;
    for (const [path, content] of Object.entries(setup.files ?? {})) this.files.set(path, Buffer.from(content));
    this.server = createServer((socket) => {
      this.accept(socket);
      this.sessions.push(new FtpSession(this, socket));
    });
  }

  /** How often a command came. */
  count(command: string): number {
    return this.requests.filter((line) => line === command || line.startsWith(`${command} `)).length;
  }

  url(path: string, user = ''): string {
    return `ftp://${user}127.0.0.1:${this.port}${path}`;
  }

  override async close(): Promise<void> {
    for (const session of this.sessions) session.end();
    await super.close();
  }

  /** For sockets of data connections. */
  note(socket: Socket): void {
    this.accept(socket);
  }
}

/** One control connection of it. */
export class FtpSession {
  readonly server: FtpServer;
  socket: Socket;
  user = '';
  offset = 0;
  type = 'A';
  private secured = false;
  private protects = false;
  private passive: Server | null = null;
  private waiting: ((socket: Socket) => void) | null = null;
  private arrived: Socket | null = null;
  private text = '';

  constructor(server: FtpServer, socket: Socket) {
    this.server = server;
    this.socket = socket;
    this.listen(socket);
    this.say(server.setup.greeting ?? '220 ready');
  }

  say(text: string): void {
    this.socket.write(`${text}\r\n`, 'latin1');
  }

  end(): void {
    this.passive?.close();
    this.arrived?.destroy();
    this.socket.destroy();
  }

  private listen(socket: Socket): void {
    socket.on('data', (data: Buffer) => {
      this.text += data.toString('latin1');
      for (let at = this.text.indexOf('\r\n'); at >= 0; at = this.text.indexOf('\r\n')) {
        const line = this.text.slice(0, at);
        this.text = this.text.slice(at + 2);
        this.obey(line);
      }
    });
  }

  private obey(line: string): void {
    this.server.requests.push(line);
    const space = line.indexOf(' ');
    const command = space < 0 ? line : line.slice(0, space);
    const argument = space < 0 ? '' : line.slice(space + 1);
    const script = this.server.setup.scripts?.[command];
    if (script !== undefined && script(this, argument) !== false) return;
    const known = COMMANDS[command];
    if (known === undefined) this.say('502 not implemented');
    else known(this, argument);
  }

  // ---- what commands do

  login(password: string): void {
    const users = this.server.setup.users ?? { anonymous: 'anonymous@' };
    if (users[this.user] === password) this.say('230 welcome');
    else this.say('530 Login incorrect.');
  }

  /** Listens for a data connection, and gives its port. */
  listenForData(): Promise<number> {
    this.passive?.close();
    this.arrived = null;
    const passive = createServer((socket) => {
      this.server.note(socket);
      passive.close();
      if (this.waiting === null) this.arrived = socket;
      else this.waiting(socket);
      this.waiting = null;
    });
    this.passive = passive;
    return new Promise((resolve) => passive.listen(0, '127.0.0.1', () => resolve((passive.address() as { port: number }).port)));
  }

  /** The data connection, once it is there, over TLS where that was asked for. */
  withData(use: (data: Socket) => void): void {
    const ready = (socket: Socket): void => {
      const { identity } = this.server.setup;
      if (!this.protects || identity === undefined) return use(socket);
      const secured = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(identity) });
      secured.on('error', () => {});
      use(secured);
    };
    const { arrived } = this;
    this.arrived = null;
    if (arrived !== null) ready(arrived);
    else this.waiting = ready;
  }

  /** Sends these over a data connection, with all that is said about it. */
  send(content: Buffer): void {
    this.say('150 here it comes');
    this.withData((data) => {
      data.end(content.subarray(this.offset));
      this.offset = 0;
      data.once('finish', () => this.say('226 done'));
    });
  }

  receive(path: string): void {
    this.say('150 go ahead');
    this.withData((data) => {
      const pieces: Buffer[] = [];
      data.on('data', (piece: Buffer) => pieces.push(piece));
      data.once('end', () => {
        this.server.files.set(path, Buffer.concat(pieces));
        data.end();
        this.say('226 stored');
      });
    });
  }

  startTls(): void {
    const { identity } = this.server.setup;
    if (identity === undefined) return this.say('534 no TLS here');
    this.say('234 go on');
    this.socket.removeAllListeners('data');
    const secured = new TLSSocket(this.socket, { isServer: true, secureContext: createSecureContext(identity) });
    secured.on('error', () => {});
    this.socket = secured;
    this.secured = true;
    this.listen(secured);
  }

  protect(): void {
    this.protects = this.secured;
    this.say('200 private');
  }
}

const COMMANDS: Readonly<Record<string, (session: FtpSession, argument: string) => void>> = {
  USER: (s, name) => {
    s.user = name;
    s.say('331 password please');
  },
  PASS: (s, password) => s.login(password),
  FEAT: (s) => {
    const features = s.server.setup.features ?? FEATURES;
    s.say(['211-Features:', ...features.map((one) => ` ${one}`), '211 End'].join('\r\n'));
  },
  OPTS: (s) => s.say('200 always'),
  AUTH: (s) => s.startTls(),
  PBSZ: (s) => s.say('200 PBSZ=0'),
  PROT: (s) => s.protect(),
  TYPE: (s, type) => {
    s.type = type;
    s.say('200 so it is');
  },
  SIZE: (s, path) => {
    const file = s.server.files.get(path);
    s.say(file === undefined ? '550 no size' : `213 ${file.length}`);
  },
  MDTM: (s, path) => s.say(s.server.files.has(path) ? `213 ${MODIFIED}` : '550 no time'),
  REST: (s, offset) => {
    s.offset = Number(offset);
    s.say('350 go on');
  },
  EPSV: (s) => void s.listenForData().then((port) => s.say(`229 Extended (|||${port}|)`)),
  PASV: (s) => void s.listenForData().then((port) => s.say(`227 Passive (10,1,2,3,${port >> 8},${port & 255})`)),
  RETR: (s, path) => {
    const file = s.server.files.get(path);
    if (file === undefined) s.say('550 Failed to open file.');
    else s.send(file);
  },
  MLSD: (s) =>
    s.send(Buffer.from([...s.server.files].map(([path, file]) => `type=file;size=${file.length}; ${path}\r\n`).join(''))),
  LIST: (s) =>
    s.send(
      Buffer.from([...s.server.files].map(([path, file]) => `-rw-r--r-- 1 0 0 ${file.length} Jan 1 2024 ${path}\r\n`).join('')),
    ),
  STOR: (s, path) => s.receive(path),
  QUIT: (s) => s.say('221 bye'),
};
