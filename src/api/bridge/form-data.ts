import { randomToken } from '../../base/clock.ts';

/** A form as the pieces of its body (RFC 7578): files stay where they are until they are sent, and all of it can be sent again. */
export interface FormBody {
  readonly contentType: string;
  readonly length: number;
  /** The body from its beginning. */
  pieces(): AsyncGenerator<Uint8Array>;
}

/** Takes the form as it is now; later changes do not show. */
export function formBody(form: FormData): FormBody {
  const boundary = `qnetwork-${randomToken()}`;
  const parts: (Buffer | Blob)[] = [];
  for (const [name, value] of form) {
    const field = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"`;
    if (typeof value === 'string') {
      parts.push(Buffer.from(`${field}\r\n\r\n${value.replace(/\r\n|\r|\n/g, '\r\n')}\r\n`));
    } else {
      const type = value.type || 'application/octet-stream';
      parts.push(Buffer.from(`${field}; filename="${escaped(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`), value, CRLF);
    }
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : part.size), 0),
    pieces: () => piecesOf(parts),
  };
}

const CRLF = Buffer.from('\r\n');

async function* piecesOf(parts: readonly (Buffer | Blob)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* part.stream();
  }
}

/** As WHATWG HTML's multipart/form-data encoding does. */
function escaped(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22');
}
