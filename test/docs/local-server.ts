import { type Route, type Served, serve } from '../support/server.ts';

const page = (body: string, headers: Readonly<Record<string, string>> = {}, status = 200): Route => ({
  status,
  headers: { 'Content-Type': 'text/html', ...headers },
  body,
});

/** What stands in for the server on port 8080 of their own machine that readers are told to talk to. */
export function localServer(): Promise<Served> {
  return serve({
    routes: {
      '/': page('x'.repeat(3730), { 'Cache-Control': 'max-age=3600', ETag: '"7"', Date: new Date().toUTCString() }),
      '/old': page('It was news.', { 'Cache-Control': 'max-age=0' }),
      '/news': page('news'.repeat(5000), { 'Cache-Control': 'no-cache', ETag: '"1"', Vary: 'Accept-Language' }),
      '/login': page('Welcome.', { 'Cache-Control': 'no-store', 'Set-Cookie': 'sid=8d1f; HttpOnly; SameSite=Lax' }),
      '/language': page('English.', { 'Cache-Control': 'no-store', 'Set-Cookie': 'lang=en; Max-Age=864000' }),
      '/a.iso': page('a'.repeat(100_000)),
      '/b.iso': page('b'.repeat(100_000)),
      '/health': page('well'),
      'POST /people': page('', {}, 201),
      'PUT /photo.jpg': page('', {}, 201),
      'OPTIONS /': { status: 204, headers: { Allow: 'GET, OPTIONS' } },
    },
  });
}
