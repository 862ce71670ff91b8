// The same manager with promises. A status of 400 and above rejects, as any other error does.
import { QNetworkAccessManager, QNetworkReplyError } from 'qnetwork';
import { startOrigin } from './demo/origin.mjs';

const origin = await startOrigin();
const manager = new QNetworkAccessManager();

const news = await manager.get(`${origin.url}/news.json`).json();
console.log(`${news.length} news, the first is "${news[0].title}"`);

const echo = await manager.post(`${origin.url}/echo`, null, { json: { hello: 'world' } }).json();
console.log(`the echo says hello ${echo.hello}`);

const pages = await Promise.all(['/', '/article.html', '/style.css'].map((path) => manager.get(origin.url + path).text()));
console.log(`${pages.length} pages, ${pages.map((page) => page.length).join(' + ')} characters`);

try {
  await manager.get(`${origin.url}/missing`).text();
} catch (error) {
  if (!(error instanceof QNetworkReplyError)) throw error;
  console.log(`${error.code}, status ${error.status}`);
}

await origin.close();
