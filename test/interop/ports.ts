import { type AddressInfo, connect, createServer } from 'node:net';

/** Ports of the loopback interface that nobody has at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const one of servers) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  const ports = servers.map((one) => (one.address() as AddressInfo).port);
  for (const one of servers) await new Promise((resolve) => one.close(resolve));
  return ports;
}

/** Whether somebody listens. Who does sees a connection that says nothing. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (does: boolean) => (): void => {
      socket.destroy();
      // the process that is to listen is given its turn
      setTimeout(resolve, does ? 0 : 2, does);
    };
    socket.once('connect', done(true)).once('error', done(false));
  });
}
