// Fetch 4.2: what is answered without a network.
import { HeaderList } from '../../base/header-list.ts';
import { failure } from '../../contract/failure.ts';
import { arrived } from './arriving.ts';
import { readDataUrl } from './data-url.ts';
import { networkError } from './errors.ts';
import { insistOn } from './integrity.ts';
import type { Plan } from './plan.ts';
import { Reply } from './reply.ts';

/** Fetch, "scheme fetch" of a data: URL. Throws when it is none. */
export function fetchData(plan: Plan): Reply {
  const content = readDataUrl(plan.href);
  if (content === null)
    throw networkError(failure('data-url', 'setup', 'the data: URL has no comma, or its base64 cannot be read'));
  const headers = new HeaderList(['content-type', content.type]);
  const head = { status: 200, reason: 'OK', headers, url: withoutFragment(plan.href), redirected: false, type: 'basic' as const };
  const bytes = plan.method === 'HEAD' ? null : content.bytes;
  if (plan.integrity !== '') insistOn(bytes, plan.integrity);
  return new Reply(head, bytes === null ? null : arrived(bytes, plan.signal));
}

/** The same of a blob: URL, that was made in this thread. */
export function fetchBlob(plan: Plan): Reply | Promise<Reply> {
  const blob = plan.method === 'GET' ? process.getBuiltinModule('node:buffer').resolveObjectURL(plan.href) : undefined;
  if (blob === undefined) {
    const why =
      plan.method === 'GET' ? 'nothing is registered under the blob: URL' : `a blob: URL can only be got, not ${plan.method}`;
    throw networkError(failure('not-found', 'setup', why));
  }
  const range = plan.headers.combined('Range');
  const part = range === undefined ? null : partOf(range, blob.size);
  if (part === 'odd') throw networkError(failure('input', 'setup', 'the Range of a blob: URL is one range of bytes within it'));
  const [from, to] = part ?? [0, blob.size - 1];
  const sent = part === null ? blob : blob.slice(from, to + 1, blob.type);
  const headers = new HeaderList(['content-length', String(sent.size), 'content-type', blob.type]);
  if (part !== null) headers.append('content-range', `bytes ${from}-${to}/${blob.size}`);
  const [status, reason] = part === null ? [200, 'OK'] : [206, 'Partial Content'];
  const head = { status, reason, headers, url: withoutFragment(plan.href), redirected: false, type: 'basic' as const };
  if (plan.integrity === '') return new Reply(head, null, sent.stream() as unknown as ReadableStream<Uint8Array>);
  return sent.arrayBuffer().then((all) => new Reply(head, arrived(insistOn(new Uint8Array(all), plan.integrity), plan.signal)));
}

/** Fetch, "parse a single range header value", with blanks allowed. */
function partOf(range: string, size: number): readonly [number, number] | 'odd' {
  const match = /^bytes[\t ]*=[\t ]*(\d*)[\t ]*-[\t ]*(\d*)$/.exec(range);
  if (match === null || (match[1] === '' && match[2] === '')) return 'odd';
  if (match[1] === '') {
    const last = Math.min(size, Number(match[2]));
    return last === 0 ? 'odd' : [size - last, size - 1];
  }
  const from = Number(match[1]);
  const to = match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  const backwards = match[2] !== '' && Number(match[2]) < from;
  return from >= size || backwards ? 'odd' : [from, to];
}

export function withoutFragment(href: string): string {
  const hash = href.indexOf('#');
  return hash < 0 ? href : href.slice(0, hash);
}
