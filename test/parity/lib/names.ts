import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

/**
 * The recordings were made where `*.test` meant this machine and `*.invalid` nothing at all. These two reserved endings (RFC 6761)
 * mean the same here, in this thread only; every other name is looked up as ever.
 */
export function useRecordedNames(): void {
  const system = dns.lookup as unknown as (...args: unknown[]) => void;
  const lookup = (host: string, ...rest: unknown[]): void => {
    const callback = rest.at(-1) as (error: Error | null, ...answer: unknown[]) => void;
    const options = rest.length > 1 ? rest[0] : {};
    const name = host.toLowerCase().replace(/\.$/, '');
    if (name.endsWith('.test')) {
      const all = typeof options === 'object' && (options as { all?: boolean }).all === true;
      queueMicrotask(() => (all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)));
    } else if (name.endsWith('.invalid')) {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
        code: 'ENOTFOUND',
        syscall: 'getaddrinfo',
        hostname: host,
      });
      queueMicrotask(() => callback(error));
    } else {
      system(host, ...rest);
    }
  };
  dns.lookup = lookup as unknown as typeof dns.lookup;
  dns.promises.lookup = ((host: string, options: object = {}) =>
    new Promise((resolve, reject) => {
      lookup(host, options, (error: Error | null, address: unknown, family: unknown) => {
        if (error !== null) reject(error);
        else resolve((Array.isArray(address) ? address : { address, family }) as dns.LookupAddress);
      });
    })) as typeof dns.promises.lookup;
  syncBuiltinESMExports();
}
