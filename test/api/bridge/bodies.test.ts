import { describe, expect, it } from 'vitest';
import { requestState } from '../../../src/api/access/qnetworkrequest.ts';
import { collect, planBody } from '../../../src/api/bridge/bodies.ts';
import { announcedLength, compileAsk, methodOf } from '../../../src/api/bridge/compile.ts';
import { SourceDevice } from '../../../src/api/bridge/source-device.ts';
import { DEFAULT_WISHES } from '../../../src/contract/ask.ts';
import type { Body } from '../../../src/contract/body.ts';
import { QBuffer, QIODevice, QNetworkAccessManager, QNetworkRequest } from '../../../src/index.ts';
import { turns } from './support.ts';

class Sequential extends QIODevice {
  constructor() {
    super();
    this.open(QIODevice.ReadOnly);
  }
  override isSequential(): boolean {
    return true;
  }
}

function opened(text: string, pos = 0): QBuffer {
  const buffer = new QBuffer(text);
  buffer.open(QIODevice.ReadOnly);
  buffer.seek(pos);
  return buffer;
}

/** A buffer that reads in its own way, so that it is taken as any device with positions. */
class Own extends QBuffer {
  protected override readData(maxSize: number): Buffer | null {
    return super.readData(maxSize);
  }
}
const own = (text: string): Own => {
  const device = new Own(text);
  device.open(QIODevice.ReadOnly);
  return device;
};

/** Each can be opened; `once` means that it cannot a second time. */
function kindOf(body: Body): string {
  if (body.bytes !== null) return 'memory';
  expect(body.replayable).toBe(true);
  const reader = body.open();
  reader.close();
  return reader.failure !== null ? 'refusal' : body.replayable ? 'device' : 'once';
}

describe('planBody', () => {
  const rows: readonly [string, () => QIODevice | null, announced: number, buffered: boolean, plan: string][] = [
    ['nothing', () => null, -1, true, 'none'],
    ['a buffer', () => opened('hello'), -1, true, 'memory 5'],
    ['a buffer from its place', () => opened('hello', 2), -1, true, 'memory 3'],
    ['a buffer, less announced', () => opened('hello'), 2, true, 'memory 2'],
    ['a buffer, more announced', () => opened('hello'), 9, true, 'memory 5'],
    ['a buffer nobody opened', () => new QBuffer('hello'), -1, true, 'memory 5'],
    ['a device with positions', () => own('hello'), -1, true, 'device 5'],
    ['a device with positions, less announced', () => own('hello'), 2, true, 'device 2'],
    ['a device with positions, more announced', () => own('hello'), 9, true, 'device 5'],
    ['a sequential device', () => new Sequential(), -1, true, 'collect'],
    ['a sequential device with a length', () => new Sequential(), 5, true, 'collect'],
    ['a sequential device, not buffered', () => new Sequential(), -1, false, 'collect'],
    ['a sequential device, not buffered, with a length', () => new Sequential(), 5, false, 'once 5'],
    ['a stream', () => new SourceDevice(['x']), -1, true, 'device -1'],
    ['a stream with a length', () => new SourceDevice(['x']), 5, true, 'device 5'],
    ['a stream that can be read once', () => new SourceDevice(['x'].values()), -1, true, 'once -1'],
    ['a device that is not open', () => new Own('x'), -1, true, 'refusal 1'],
  ];
  it.each(rows)('%s', (_name, make, announced, buffered, expected) => {
    const plan = planBody(make(), announced, buffered);
    const body = 'body' in plan ? plan.body : null;
    const kind = body === null ? '' : kindOf(body);
    expect('collect' in plan ? 'collect' : body === null ? 'none' : `${kind} ${body.length}`).toBe(expected);
  });

  it('a device is read from where it stood, each time', () => {
    const device = own('xxhello');
    device.seek(2);
    const { body } = planBody(device, -1, true) as { body: Body };
    for (let i = 0; i < 2; i++) {
      const reader = body.open();
      expect(Buffer.from(reader.pull(() => {})!).toString()).toBe('hello');
      expect([reader.pull(() => {}), reader.failure]).toEqual([null, null]);
      reader.close();
    }
  });

  it('one that cannot go back says so at the second time', () => {
    class Forward extends Own {
      override seek(): boolean {
        return false;
      }
    }
    const device = new Forward('hello');
    device.open(QIODevice.ReadOnly);
    const { body } = planBody(device, -1, true) as { body: Body };
    expect(body.open().pull(() => {})).toHaveLength(5);
    expect(body.open().failure).toMatchObject({ kind: 'resend', message: expect.stringMatching(/cannot go back/) });
  });
});

describe('collect', () => {
  it('leaves no connection behind, whatever ended it', async () => {
    for (const end of ['finish', 'close', 'cancel', 'delete'] as const) {
      const device = new Sequential();
      const got: Body[] = [];
      const waiting = collect(device, (body) => void got.push(body));
      if (end === 'finish') device.readChannelFinished.emit();
      else if (end === 'close') device.close();
      else if (end === 'cancel') waiting.cancel();
      else device._destroy();
      if (end !== 'delete')
        expect([device.readyRead.size, device.readChannelFinished.size, device.aboutToClose.size, device.destroyed.size]).toEqual(
          [0, 0, 0, 0],
        );
      expect(got).toHaveLength(end === 'cancel' ? 0 : 1);
      waiting.cancel();
      await turns(1);
      expect(got).toHaveLength(end === 'cancel' ? 0 : 1);
    }
  });
});

describe('compileAsk', () => {
  const { Operation } = QNetworkAccessManager;
  const ask = (request: QNetworkRequest, operation: QNetworkAccessManager.Operation = Operation.GetOperation, timeout = 0) => {
    const state = requestState(request);
    return compileAsk(operation, methodOf(operation, state), state, null, {
      transferTimeout: timeout,
      redirectPolicy: QNetworkRequest.NoLessSafeRedirectPolicy,
    });
  };

  it('plain requests share everything that is not theirs', () => {
    const [a, b] = [ask(new QNetworkRequest('http://a/')), ask(new QNetworkRequest('http://b/'))];
    expect(a.wishes).toBe(DEFAULT_WISHES);
    expect(a.defaults).toBe(b.defaults);
    expect([a.method, a.url.href, a.headers.size, a.body]).toEqual(['GET', 'http://a/', 0, null]);
  });

  it('wishes', () => {
    const request = new QNetworkRequest('http://a/');
    request.setPriority(QNetworkRequest.LowPriority);
    request.setPeerVerifyName('other.example');
    request.setDecompressedSafetyCheckThreshold(5);
    request.setTransferTimeout(7);
    request.setAttribute(QNetworkRequest.HttpPipeliningAllowedAttribute, true);
    request.setAttribute(QNetworkRequest.ConnectionCacheExpiryTimeoutSecondsAttribute, 3);
    expect(ask(request, Operation.GetOperation, 99).wishes).toMatchObject({
      priority: 2,
      peerName: 'other.example',
      bombThreshold: 5,
      pipelining: true,
      keepIdle: 3000,
      decode: true,
      timeouts: expect.objectContaining({ transfer: 7, total: 0 }),
    });
    expect(ask(new QNetworkRequest('http://a/'), Operation.GetOperation, 99).wishes.timeouts.transfer).toBe(99);
  });

  it('a custom operation needs its verb', () => {
    const request = new QNetworkRequest('http://a/');
    expect(() => ask(request, Operation.CustomOperation)).toThrow(/CustomVerbAttribute/);
    request.setAttribute(QNetworkRequest.CustomVerbAttribute, 'LOCK');
    expect(ask(request, Operation.CustomOperation).method).toBe('LOCK');
    request.setAttribute(QNetworkRequest.CustomVerbAttribute, Buffer.from('PROPFIND'));
    expect(ask(request, Operation.CustomOperation).method).toBe('PROPFIND');
  });

  it.each([
    ['', -1],
    ['0', 0],
    ['17', 17],
    ['x', -1],
    ['-1', -1],
  ])('announcedLength of %j is %d', (value, length) => {
    const request = new QNetworkRequest('http://a/');
    if (value !== '') request.setRawHeader('content-length', value);
    expect(announcedLength(requestState(request))).toBe(length);
  });
});
