import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QIODevice, QNetworkAccessManager, type QNetworkReply, type QNetworkRequest } from '../../src/index.ts';
import { turns } from '../api/bridge/support.ts';
import { type Served, serve } from '../support/server.ts';

let origin: Served;
beforeAll(async () => {
  origin = await serve({ routes: { '/never': { fault: 'stall before head' }, '*': { body: 'ok' } } });
});
afterAll(() => origin.close());

const { NetworkError } = (await import('../../src/index.ts')).QNetworkReply;

/** A device whose reading is `read`. */
class Device extends QIODevice {
  reads = 0;
  private readonly read_: (device: Device, size: number) => Buffer | null;
  private readonly sequential: boolean;

  constructor(sequential: boolean, read: (device: Device, size: number) => Buffer | null) {
    super();
    this.read_ = read;
    this.sequential = sequential;
    this.open(QIODevice.ReadOnly);
  }

  override isSequential(): boolean {
    return this.sequential;
  }

  override size(): number {
    return this.sequential ? 0 : 3_000_000;
  }

  override seek(): boolean {
    return true;
  }

  protected override readData(size: number): Buffer | null {
    this.reads += 1;
    return this.read_(this, size);
  }
}

/** How often `finished` came, and with which error. */
function ends(reply: QNetworkReply): number[] {
  const errors: number[] = [];
  reply.finished.connect(() => errors.push(reply.error()));
  return errors;
}

describe('a device that behaves ill fails its own request and no other', () => {
  it('its position throws as the body is opened: the host goes on', async () => {
    await using manager = new QNetworkAccessManager();
    class Positions extends Device {
      asked = 0;
      override pos(): number {
        this.asked += 1;
        if (this.asked > 2) throw new Error('no position');
        return 0;
      }
      override seek(): boolean {
        throw new Error('no seeking');
      }
    }
    const bad = manager.put(origin.url('/'), new Positions(false, (_d, size) => Buffer.alloc(size)));
    await bad.whenFinished();
    expect(bad.error()).not.toBe(NetworkError.NoError);
    expect(await manager.get(origin.url('/')).text()).toBe('ok');
  });

  it('it ends inside its first read: one finished, whatever the time limit', async () => {
    await using manager = new QNetworkAccessManager();
    const device = new Device(true, (d) => {
      if (d.reads === 1) return Buffer.from('abc');
      if (d.reads === 2) d.readChannelFinished.emit();
      return null;
    });
    const reply = manager.post(origin.url('/'), device, { timeout: 60 });
    const errors = ends(reply);
    await reply.whenFinished();
    const later = manager.get(origin.url('/never'), { timeout: 120 });
    await later.whenFinished();
    expect(errors).toEqual([NetworkError.NoError]);
  });

  it.each(['at once', 'later'])('it throws %s while it is collected: the reply fails', async (when) => {
    await using manager = new QNetworkAccessManager();
    const device = new Device(true, (d) => {
      if (when === 'later' && d.reads === 1) return null;
      throw new Error('the line is dead');
    });
    const reply = manager.post(origin.url('/'), device);
    const errors = ends(reply);
    device.readyRead.emit();
    await reply.whenFinished();
    expect(reply.errorString()).toContain('the line is dead');
    expect(errors).toHaveLength(1);
  });

  it('it aborts a PUT to a file from its own read: nothing is written after that', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qnetwork-ill-'));
    const path = join(folder, 'out');
    await using manager = new QNetworkAccessManager();
    let reply: QNetworkReply | null = null;
    const device = new Device(false, (d, size) => {
      if (d.reads === 1) reply!.abort();
      return Buffer.alloc(size, 65);
    });
    reply = manager.put(pathToFileURL(path).href, device);
    await reply.whenFinished();
    await turns(20);
    expect([reply.error(), readFileSync(path).length]).toEqual([NetworkError.OperationCanceledError, 0]);
    rmSync(folder, { recursive: true });
  });

  it('an old stream that speaks inside resume() is heard', async () => {
    class Old extends EventEmitter {
      readable = true;
      pipe(): void {}
      pause(): void {}
      resume(): void {
        if (!this.readable) return;
        this.readable = false;
        this.emit('data', Buffer.from('xyz'));
        this.emit('end');
      }
    }
    await using manager = new QNetworkAccessManager();
    const reply = manager.post(origin.url('/old'), new Old() as unknown as NodeJS.ReadableStream);
    expect(await reply.text()).toBe('ok');
    expect(origin.requests.at(-1)!.body.toString()).toBe('xyz');
  });
});

describe('each reply ends once, and as its own manager says', () => {
  it('a data: reply that was asked for with a body is aborted before it spoke', async () => {
    await using manager = new QNetworkAccessManager();
    const reply = manager.get('data:,hello', 'body');
    const errors = ends(reply);
    await Promise.resolve();
    reply.abort();
    await turns(5);
    expect(errors).toHaveLength(1);
  });

  it('a reply that another manager made stays that one’s', async () => {
    await using other = new QNetworkAccessManager();
    class Delegating extends QNetworkAccessManager {
      protected override createRequest(
        op: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        data: QIODevice | null = null,
      ): QNetworkReply {
        return request.url().query() === 'theirs' ? other.get(request) : super.createRequest(op, request, data);
      }
    }
    await using manager = new Delegating();
    const theirs = other.get(origin.url('/never'));
    const ours = manager.get(origin.url('/never'));
    const shared = manager.get(origin.url('/never?theirs'));
    await other.close();
    expect([theirs, shared, ours].map((r) => r.isFinished())).toEqual([true, true, false]);
    await manager.close();
    expect(ours.isFinished()).toBe(true);
  });
});

it('a verb that is no token is refused, however it came', () => {
  const manager = new QNetworkAccessManager();
  const attributes = { CustomVerbAttribute: 'GET /x HTTP/1.1\r\nEvil: 1\r\nX-A:' };
  expect(() => manager.sendCustomRequest(origin.url('/'), 'FOO', { attributes })).toThrow(/CustomVerbAttribute cannot be sent/);
});
