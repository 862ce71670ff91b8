import type { Carriage } from '../../contract/carriage.ts';
import { failure } from '../../contract/failure.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import type { Transport } from '../../contract/transport.ts';
import { serveFile } from '../file/file.ts';
import { DELIVERED, MemoryBody, serveBytes } from '../served.ts';
import { type Resources, sharedResources } from './resources.ts';

/** qrc: URLs: the registered resources, read only. */
export class QrcTransport implements Transport {
  readonly #resources: Resources;

  constructor(resources: Resources = sharedResources()) {
    this.#resources = resources;
  }

  carry(hop: Hop): Carriage {
    const { method, url } = hop;
    if (method !== 'GET' && method !== 'HEAD') {
      hop.fail(failure('scheme', 'setup', `Protocol "qrc" only knows GET and HEAD, not ${method}.`), NO_FACTS);
    } else if (url.host !== null && url.host !== '') {
      hop.fail(failure('operation', 'setup', `A qrc: URL has no host ("//${url.host}"); write qrc:/path.`), NO_FACTS);
    } else {
      this.#serve(hop);
    }
    return DELIVERED;
  }

  #serve(hop: Hop): void {
    const resource = this.#resources.find(hop.url.path);
    if ('missing' in resource) {
      hop.fail(failure(resource.missing, 'setup', `Error opening qrc:${hop.url.path}: ${resource.reason}.`), NO_FACTS);
    } else if ('file' in resource) {
      serveFile(hop, resource.file);
    } else {
      const { bytes } = resource;
      serveBytes(hop, bytes.length, '', (offset, length) => new MemoryBody(bytes.subarray(offset, offset + length)));
    }
  }
}
