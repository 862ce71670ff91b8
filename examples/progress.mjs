// Progress in both directions. Uploads count what the socket has taken, not what was put into a buffer.
import { QNetworkAccessManager } from 'qnetwork';
import { startOrigin } from './demo/origin.mjs';

const origin = await startOrigin();
const manager = new QNetworkAccessManager();

const percent = (done, total) => (total > 0 ? `${Math.round((done / total) * 100)} %` : 'size unknown');

const download = manager.get(`${origin.url}/photo.raw`);
download.downloadProgress.connect((received, total) =>
  console.log(`received ${received} of ${total} (${percent(received, total)})`),
);
await download.bytes();

const upload = manager.post(`${origin.url}/upload`, Buffer.alloc(2_000_000));
upload.uploadProgress.connect((sent, total) => console.log(`sent ${sent} of ${total} (${percent(sent, total)})`));
const { received } = await upload.json();
console.log(`the server counted ${received} bytes`);

await origin.close();
