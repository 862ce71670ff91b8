import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { NtlmAcceptor } from './acceptor.mjs';

/**
 * Answers squid for its `auth_param ntlm program`, a line in, a line out. Squid may run as somebody who may not read our files or start
 * our Node.js, so its program is a shell that passes lines on to here.
 */
export class SquidHelper implements AsyncDisposable {
  private readonly accounts: Readonly<Record<string, string>>;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => void this.serve(socket));

  constructor(accounts: Readonly<Record<string, string>>) {
    this.accounts = accounts;
  }

  /** Gives the text of the shell script. */
  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    return `exec 3<>/dev/tcp/127.0.0.1/${port}\ncat <&3 &\nexec cat >&3\n`;
  }

  private async serve(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    let acceptor = new NtlmAcceptor(this.accounts);
    for await (const line of createInterface(socket)) {
      const [word, token = ''] = line.split(' ');
      if (word === 'YR') acceptor = new NtlmAcceptor(this.accounts);
      socket.write(`${answer(acceptor, word === 'YR', Buffer.from(token, 'base64'))}\n`);
    }
    this.sockets.delete(socket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }
}

function answer(acceptor: NtlmAcceptor, first: boolean, message: Buffer): string {
  try {
    if (first) return `TT ${acceptor.challenge(message).toString('base64')}`;
    const user = acceptor.accept(message);
    return user === null ? 'NA wrong name or password' : `AF ${user}`;
  } catch (problem) {
    return `NA ${problem instanceof Error ? problem.message : String(problem)}`;
  }
}
