import { createServer } from 'node:net';
import { serve } from '../../support/server.ts';
import type { Listener, Neighbours, Verdicts } from './listener.ts';
import { originOf } from './origin.ts';
import { listenAsHttpProxy, listenAsSocksProxy } from './proxies.ts';
import type { ListenerScript } from './types.ts';

const NOBODY: Omit<Listener, 'port'> = {
  requests: [],
  used: 0,
  verdicts: new Map(),
  ways: [],
  secure: () => false,
  close: () => Promise.resolve(),
};

/** Starts what a scenario needs; a closed listener is a port where nobody listens. */
export async function listen(script: ListenerScript, around: Neighbours): Promise<Listener> {
  switch (script.role) {
    case 'closed':
      return { ...NOBODY, port: await freePort() };
    case 'http-proxy':
      return listenAsHttpProxy(script, around);
    case 'socks5':
      return listenAsSocksProxy(script);
    default: {
      const verdicts: Verdicts = new Map();
      const server = await serve(originOf(script, around.fill, verdicts));
      return {
        port: server.port,
        requests: server.requests,
        get used(): number {
          return server.connections.length;
        },
        verdicts,
        ways: [],
        secure: (connection) => server.connections[connection - 1]?.secure === true,
        close: () => server.close(),
      };
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
