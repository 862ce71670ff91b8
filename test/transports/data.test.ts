import { expect, test } from 'vitest';
import { DataTransport } from '../../src/transports/data/data.ts';
import { RecordingHop, readAll } from './recording-hop.ts';

function carry(method: string, url: string): RecordingHop {
  const hop = new RecordingHop(method, url);
  new DataTransport().carry(hop).cancel();
  return hop;
}

test('GET is served before carry returns', () => {
  const hop = carry('GET', 'data:text/plain;base64,SGVsbG8gdGhlcmU=');
  expect(hop.log).toEqual(['served']);
  expect(hop.answer).toMatchObject({ status: 0, reason: '', bodyLength: 11 });
  expect(hop.fields).toEqual(['Content-Type', 'text/plain', 'Content-Length', '11']);
  expect(hop.pull!.length).toBe(11);
  expect(hop.text).toBe('Hello there');
  expect(hop.pull!.read(Buffer.alloc(5))).toBe(0);
});

test('HEAD tells the length and gives no body', () => {
  const hop = carry('HEAD', 'data:,hello');
  expect(hop.fields).toEqual(['Content-Type', 'text/plain;charset=US-ASCII', 'Content-Length', '5']);
  expect(hop.answer!.bodyLength).toBe(0);
  expect(hop.pull!.length).toBe(0);
  expect(hop.text).toBe('');
});

test('a closed body gives nothing', () => {
  const hop = carry('GET', 'data:,hello');
  hop.pull!.close();
  expect(readAll(hop.pull!)).toHaveLength(0);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not known', (method) => {
  const hop = carry(method, 'data:,hello');
  expect(hop.log).toEqual(['fail scheme']);
  expect(hop.failure!.message).toContain(method);
});

test.each(['data:;base64,@@@@', 'data://host/,x', 'data:hello'])('%s fails', (url) => {
  const hop = carry('GET', url);
  expect(hop.log).toEqual(['fail data-url']);
  expect(hop.failure!.message).toContain('Invalid data: URL');
});
