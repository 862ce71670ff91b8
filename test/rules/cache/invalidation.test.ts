import { describe, expect, it } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import { invalidated } from '../../../src/rules/cache/invalidation.ts';
import { list } from './support.ts';

const HERE = 'http://a.test/dir/x?q=1';

describe('what a request leaves invalid (RFC 9111 4.4)', () => {
  const rows: readonly [method: string, status: number, fields: string, urls: string[]][] = [
    ['POST', 200, '', [HERE]],
    ['PUT', 204, '', [HERE]],
    ['DELETE', 200, '', [HERE]],
    ['PATCH', 200, '', [HERE]],
    ['M-SEARCH', 200, '', [HERE]],
    // nobody knows what it does; names have their case
    ['post', 200, '', [HERE]],
    ['get', 200, '', [HERE]],
    ['POST', 303, '', [HERE]],
    ['POST', 399, '', [HERE]],
    // safe methods change nothing
    ['GET', 200, '', []],
    ['HEAD', 200, '', []],
    ['OPTIONS', 200, '', []],
    ['TRACE', 200, '', []],
    // nor do those that failed
    ['POST', 103, '', []],
    ['POST', 400, '', []],
    ['PUT', 412, '', []],
    ['DELETE', 500, '', []],
    // the places that the answer names
    ['POST', 201, 'Location: /new', [HERE, 'http://a.test/new']],
    ['POST', 201, 'Location: y\nContent-Location: ../z', [HERE, 'http://a.test/dir/y', 'http://a.test/z']],
    ['POST', 200, 'Content-Location: http://a.test:80/z', [HERE, 'http://a.test:80/z']],
    ['POST', 200, 'Content-Location: ?q=1#part', [HERE]],
    ['PUT', 200, 'Content-Location: http://a.test/dir/x?q=1', [HERE]],
    ['GET', 200, 'Content-Location: /z', []],
    ['POST', 500, 'Location: /new', []],
    // but not those of others
    ['POST', 201, 'Location: http://b.test/new', [HERE]],
    ['POST', 201, 'Location: https://a.test/new', [HERE]],
    ['POST', 201, 'Location: http://a.test:8080/new', [HERE]],
    ['POST', 201, 'Location: http://a.test:99999/', [HERE]],
  ];
  it.each(rows)('%s, %d, %j', (method, status, fields, urls) => {
    expect(invalidated(method, status, Url.parse(HERE), list(fields)).map((url) => url.href)).toEqual(urls);
  });
});
