import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

export const qhttp2configuration: MemberTests = {
  'QHttp2Configuration.constructor': (q) => {
    const first = new q.QHttp2Configuration();
    first.setMaxFrameSize(20_000);
    const copy = new q.QHttp2Configuration(first);
    first.setMaxFrameSize(30_000);
    expect(copy.maxFrameSize()).toBe(20_000);
  },
  'QHttp2Configuration.setServerPushEnabled': (q) => {
    const http2 = new q.QHttp2Configuration();
    http2.setServerPushEnabled(true);
    expect(http2.serverPushEnabled()).toBe(true);
  },
  'QHttp2Configuration.serverPushEnabled': (q) => {
    expect(new q.QHttp2Configuration().serverPushEnabled()).toBe(false);
  },
  'QHttp2Configuration.setHuffmanCompressionEnabled': (q) => {
    const http2 = new q.QHttp2Configuration();
    http2.setHuffmanCompressionEnabled(false);
    expect(http2.huffmanCompressionEnabled()).toBe(false);
  },
  'QHttp2Configuration.huffmanCompressionEnabled': (q) => {
    expect(new q.QHttp2Configuration().huffmanCompressionEnabled()).toBe(true);
  },
  'QHttp2Configuration.setSessionReceiveWindowSize': (q) => {
    const http2 = new q.QHttp2Configuration();
    expect([0, 2 ** 31, 1.5, 1_000_000].map((size) => http2.setSessionReceiveWindowSize(size))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(http2.sessionReceiveWindowSize()).toBe(1_000_000);
    expect(() => http2.setSessionReceiveWindowSize('1' as never)).toThrow(/setSessionReceiveWindowSize expects a number/);
  },
  'QHttp2Configuration.sessionReceiveWindowSize': (q) => {
    expect(new q.QHttp2Configuration().sessionReceiveWindowSize()).toBe(65_535);
  },
  'QHttp2Configuration.setStreamReceiveWindowSize': (q) => {
    const http2 = new q.QHttp2Configuration();
    expect([0, 2 ** 31 - 1].map((size) => http2.setStreamReceiveWindowSize(size))).toEqual([false, true]);
    expect(http2.streamReceiveWindowSize()).toBe(2 ** 31 - 1);
  },
  'QHttp2Configuration.streamReceiveWindowSize': (q) => {
    expect(new q.QHttp2Configuration().streamReceiveWindowSize()).toBe(65_535);
  },
  'QHttp2Configuration.setMaxFrameSize': (q) => {
    const http2 = new q.QHttp2Configuration();
    expect([16_383, 16_777_216, 16_777_215].map((size) => http2.setMaxFrameSize(size))).toEqual([false, false, true]);
    expect(http2.maxFrameSize()).toBe(16_777_215);
  },
  'QHttp2Configuration.maxFrameSize': (q) => {
    expect(new q.QHttp2Configuration().maxFrameSize()).toBe(16_384);
  },
  'QHttp2Configuration.setMaxConcurrentStreams': (q) => {
    const http2 = new q.QHttp2Configuration();
    expect([0, 7].map((count) => http2.setMaxConcurrentStreams(count))).toEqual([false, true]);
    expect(http2.maxConcurrentStreams()).toBe(7);
  },
  'QHttp2Configuration.maxConcurrentStreams': (q) => {
    expect(new q.QHttp2Configuration().maxConcurrentStreams()).toBe(100);
  },
};
