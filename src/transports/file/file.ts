import { HeaderList } from '../../base/header-list.ts';
import { formatHttpDate } from '../../base/http-date.ts';
import type { Carriage } from '../../contract/carriage.ts';
import { failure } from '../../contract/failure.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import type { Transport } from '../../contract/transport.ts';
import { filePathOf } from '../../rules/file-url.ts';
import { DELIVERED, localHead, noBody } from '../served.ts';
import { FileBody, openRegular } from './file-body.ts';
import { FileUpload } from './file-upload.ts';

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
    return method === 'PUT' ? upload(hop, path) : download(hop, path, method === 'HEAD');
  }
}

function upload(hop: Hop, path: string): Carriage {
  const file = openRegular(path, 'write');
  if (!('kind' in file)) return new FileUpload(hop, path, file.descriptor);
  hop.fail(file, NO_FACTS);
  return DELIVERED;
}

function download(hop: Hop, path: string, headOnly: boolean): Carriage {
  serveFile(hop, path, headOnly);
  return DELIVERED;
}

/** Answers with a file, read lazily. Its media type is not guessed, as in Qt. */
export function serveFile(hop: Hop, path: string, headOnly: boolean): void {
  const file = openRegular(path, 'read');
  if ('kind' in file) {
    hop.fail(file, NO_FACTS);
    return;
  }
  const body = new FileBody(path, file);
  const headers = new HeaderList(['Last-Modified', formatHttpDate(file.modified), 'Content-Length', String(file.size)]);
  if (headOnly) {
    body.close();
    hop.served(localHead(headers, 0), noBody());
  } else {
    hop.served(localHead(headers, file.size), body);
  }
}
