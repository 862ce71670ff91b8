import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { QNetworkRequest } from '../../../src/index.ts';
import { serve } from '../../support/server.ts';
import { finished, fresh } from '../bridge/support.ts';

const path = join(mkdtempSync(join(tmpdir(), 'qnetwork-kept-')), 'file');
writeFileSync(path, 'from a file');

// docs/qt-differences.md: they are kept and do nothing.
const kept = ['SynchronousRequestAttribute', 'SpdyAllowedAttribute'] as const;

describe.each(kept)('%s', (name) => {
  const code = QNetworkRequest.Attribute[name];

  it('is kept with the request and does not show on the reply', async () => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    const request = new QNetworkRequest(origin.url());
    request.setAttribute(code, true);
    const reply = await finished(manager.get(request));
    expect([request.attribute(code), reply.request().attribute(code), reply.attribute(code)]).toEqual([true, true, null]);
    expect([reply.error(), reply.readAll().toString()]).toEqual([0, 'ok']);
  });

  it('a file is there when get() returns, with it or without', async () => {
    await using manager = fresh();
    for (const attributes of [{ [name]: true }, {}]) {
      const reply = manager.get(pathToFileURL(path), { attributes });
      expect([reply.isFinished(), reply.readAll().toString()]).toEqual([true, 'from a file']);
      await reply.whenFinished();
    }
  });
});
