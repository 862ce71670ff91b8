import { type IncomingHttpHeaders, request } from 'node:http';
import { within } from '../../support/once.ts';

export interface Plain {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  /** '' = it ended as it should. */
  readonly failed: string;
}

/** A request by the client of Node.js. */
export function plain(url: string, { method = 'GET', body = '' }: { method?: string; body?: string } = {}): Promise<Plain> {
  const answered = new Promise<Plain>((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve({ status: 0, text: '', headers: {}, failed: error.code ?? error.message });
    const asked = request(url, { method, agent: false }, (response) => {
      const { statusCode: status = 0, headers } = response;
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('error', (error: NodeJS.ErrnoException) => resolve({ status, text, headers, failed: error.code! }));
      response.on('end', () => resolve({ status, text, headers, failed: '' }));
    });
    asked.on('error', failed).end(body);
  });
  return within(answered, `${method} ${url}`);
}
