import { afterEach } from 'vitest';
import { QNetworkAccessManager } from '../../src/index.ts';

/** Makes managers that are closed after each test. To be called once in a file. */
export function managers(): () => QNetworkAccessManager {
  const made: QNetworkAccessManager[] = [];
  afterEach(async () => {
    for (const manager of made.splice(0)) await manager.close();
  });
  return () => {
    const manager = new QNetworkAccessManager();
    made.push(manager);
    return manager;
  };
}
