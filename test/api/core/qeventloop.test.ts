import { describe, expect, it } from 'vitest';
import { QEventLoop } from '../../../src/api/core/qeventloop.ts';
import { QObject } from '../../../src/api/core/qobject.ts';
import { Signal } from '../../../src/api/core/signal.ts';

describe('QEventLoop', () => {
  it('runs until a signal quits it', async () => {
    const finished = new Signal<[]>();
    const loop = new QEventLoop();
    finished.connect(loop.quit);
    setImmediate(() => finished.emit());
    const code = loop.exec();
    expect(loop.isRunning()).toBe(true);
    expect(await code).toBe(0);
    expect(loop.isRunning()).toBe(false);
  });

  it('gives the exit code, the first one, and can run again', async () => {
    const loop = new QEventLoop();
    for (const code of [3, -1]) {
      const result = loop.exec();
      loop.exit(code);
      loop.exit(99);
      expect(await result).toBe(code);
    }
  });

  it('refuses to run twice at once and rejects when deleted', async () => {
    const loop = new QEventLoop();
    const result = loop.exec();
    await expect(loop.exec()).rejects.toThrow('running already');
    expect(loop.isRunning()).toBe(true);
    loop.deleteLater();
    await expect(result).rejects.toThrow('deleted while it ran');
    await expect(loop.exec()).rejects.toThrow('QEventLoop.exec(): the object was deleted');
  });

  it('lets one turn pass with processEvents', async () => {
    const loop = new QEventLoop();
    const object = new QObject();
    let gone = false;
    object.destroyed.connect(() => {
      gone = true;
    });
    object.deleteLater();
    await loop.processEvents();
    expect(gone).toBe(true);
  });
});
