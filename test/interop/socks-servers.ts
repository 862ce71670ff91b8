import { Daemon } from './daemon.ts';

/** A SOCKS5 server that wants a name and password, or none. It knows no SOCKS4. */
export async function microsocks(user = '', password = ''): Promise<Daemon> {
  const login = user === '' ? [] : ['-u', user, '-P', password];
  return new Daemon('microsocks').start(1, ([port]) => ({
    command: 'microsocks',
    args: ['-i', '127.0.0.1', '-p', String(port), ...login],
  }));
}

/** A server of SOCKS 4, 4a and 5 that lets everybody from this machine go anywhere on it. */
export async function dante(): Promise<Daemon> {
  const daemon = new Daemon('danted');
  return daemon.start(1, ([port]) => ({
    command: 'danted',
    args: [
      '-f',
      daemon.write(
        'danted.conf',
        `logoutput: stdout
internal: 127.0.0.1 port = ${port}
external: lo
clientmethod: none
socksmethod: none
${process.getuid?.() === 0 ? 'user.privileged: root\nuser.unprivileged: nobody' : ''}
client pass {
  from: 127.0.0.0/8 to: 127.0.0.0/8
  log: error
}
socks pass {
  from: 127.0.0.0/8 to: 0.0.0.0/0
  protocol: tcp
  log: connect error
}
`,
      ),
      '-p',
      daemon.path('danted.pid'),
    ],
  }));
}
