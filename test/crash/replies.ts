import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { QNetworkAccessManager, QNetworkDiskCache } from '../../src/index.ts';

const LENGTHS = [0, 100, 65_536, 300_000];

/** Fetches through a manager whose cache is in this folder. Which replies did not arrive as they were sent. */
export async function lostReplies(directory: string, rounds: number): Promise<string[]> {
  const server = createServer((request, response) => {
    response.setHeader('Cache-Control', 'max-age=600');
    response.end(Buffer.alloc(LENGTHS[Number(request.url?.split('/')[1])]!, 'a'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const cache = new QNetworkDiskCache();
  cache.setCacheDirectory(directory);
  const manager = new QNetworkAccessManager();
  manager.setCache(cache);
  const faults: string[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [i, length] of LENGTHS.entries()) {
      const reply = await manager.get(`http://127.0.0.1:${port}/${i}/${round}`).whenFinished();
      const got = reply.readAll().length;
      if (reply.failure() !== null || got !== length)
        faults.push(`a reply of ${length} bytes: ${reply.errorString()}, ${got} bytes`);
    }
  }
  await manager.close();
  await new Promise((resolve) => server.close(resolve));
  return faults;
}
