// Three ways to stop waiting: abort(), an AbortSignal, a timeout.
import { QNetworkAccessManager, QNetworkReply } from 'qnetwork';
import { startOrigin } from './demo/origin.mjs';

const origin = await startOrigin();
const manager = new QNetworkAccessManager();
const errorName = (reply) => QNetworkReply.NetworkError[reply.error()];

// abort() tells errorOccurred and finished before it returns.
const film = manager.get(`${origin.url}/film.mp4`);
film.readyRead.once(() => film.abort());
await film.whenFinished();
console.log(`aborted: ${errorName(film)}`);

// A promise of an aborted reply rejects with the signal's reason.
const controller = new AbortController();
const never = manager.get(`${origin.url}/never`, { signal: controller.signal });
never.requestSent.connect(() => controller.abort(new Error('changed my mind')));
await never.text().catch((reason) => console.log(`signal: ${reason.message}, ${errorName(never)}`));

// Qt's transfer timeout is the time without any progress; an object sets a limit for each phase.
const slow = manager.get(`${origin.url}/never`, { timeout: { firstByte: 200 } });
await slow.whenFinished();
console.log(`timeout: ${errorName(slow)}: ${slow.errorString()}`);

await origin.close();
