import { HeaderList } from '../../base/header-list.ts';
import type { Carriage } from '../../contract/carriage.ts';
import { failure } from '../../contract/failure.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import type { Transport } from '../../contract/transport.ts';
import { readDataUrl } from '../../rules/data-url.ts';
import { DELIVERED, localHead, MemoryBody, noBody } from '../served.ts';

/** data: URLs (RFC 2397): the content stands in the URL itself. */
export class DataTransport implements Transport {
  carry(hop: Hop): Carriage {
    const { method } = hop;
    if (method !== 'GET' && method !== 'HEAD') {
      hop.fail(failure('scheme', 'setup', `Protocol "data" only knows GET and HEAD, not ${method}.`), NO_FACTS);
      return DELIVERED;
    }
    const content = readDataUrl(hop.url);
    if (typeof content === 'string') {
      hop.fail(failure('data-url', 'setup', `Invalid data: URL: ${content}.`), NO_FACTS);
      return DELIVERED;
    }
    const length = content.bytes.length;
    const headers = new HeaderList(['Content-Type', content.type, 'Content-Length', String(length)]);
    if (method === 'HEAD') hop.served(localHead(headers, 0), noBody());
    else hop.served(localHead(headers, length), new MemoryBody(content.bytes));
    return DELIVERED;
  }
}
