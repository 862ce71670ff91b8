import type { Carriage } from '../../contract/carriage.ts';
import { failure } from '../../contract/failure.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import type { Transport } from '../../contract/transport.ts';
import { filePathOf } from '../../rules/file-url.ts';
import { DELIVERED } from '../served.ts';
import { openRegular } from './file-body.ts';
import { FileUpload } from './file-upload.ts';
import { LaterFile } from './later-file.ts';
import { serveOpen } from './open-file.ts';

/** file: URLs of this machine: GET and HEAD read, PUT writes. */
export class FileTransport implements Transport {
  readonly #platform: string;

  /** `platform` as in `process.platform`. */
  constructor(platform: string = process.platform) {
    this.#platform = platform;
  }

  carry(hop: Hop): Carriage {
    const { method } = hop;
    if (method !== 'GET' && method !== 'HEAD' && method !== 'PUT') {
      hop.fail(failure('scheme', 'setup', `Protocol "file" only knows GET, HEAD and PUT, not ${method}.`), NO_FACTS);
      return DELIVERED;
    }
    const { path, refused } = filePathOf(hop.url, this.#platform);
    if (path === undefined) {
      hop.fail(failure('operation', 'setup', `Request for opening ${hop.url.path}: ${refused}.`), NO_FACTS);
      return DELIVERED;
    }
    if (method === 'PUT') return upload(hop, path);
    if (hop.ask.wishes.background) return new LaterFile(hop, path);
    serveFile(hop, path);
    return DELIVERED;
  }
}

function upload(hop: Hop, path: string): Carriage {
  const file = openRegular(path, 'write');
  if (!('kind' in file)) return new FileUpload(hop, path, file.descriptor);
  hop.fail(file, NO_FACTS);
  return DELIVERED;
}

/** Answers with a file, read lazily. Its media type is not guessed, as in Qt. */
export function serveFile(hop: Hop, path: string): void {
  serveOpen(hop, path, openRegular(path, 'read'));
}
