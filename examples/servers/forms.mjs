// A small service that takes forms: it answers with what it found in them, field by field.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

/**
 * Starts the server on a free port of the loopback interface; `forms` has all it has taken.
 * @returns {Promise<{ url: string, forms: object[], close(): Promise<void> }>}
 */
export async function startForms() {
  const forms = [];
  const server = createServer((request, response) => {
    take(request)
      .then((form) => {
        forms.push(form);
        send(response, 201, form);
      })
      .catch((error) => send(response, 400, { error: error.message }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    forms,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Names and values of a form; of files their name, type, size and digest. */
async function take(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  // a parser that is not ours
  const parsed = await new Response(Buffer.concat(pieces), {
    headers: { 'Content-Type': request.headers['content-type'] ?? '' },
  }).formData();
  const form = {};
  for (const [name, value] of parsed) form[name] = typeof value === 'string' ? value : await described(value);
  return form;
}

async function described(file) {
  const bytes = Buffer.from(await file.arrayBuffer());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { fileName: file.name, type: file.type, size: bytes.length, sha256 };
}

function send(response, status, value) {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
