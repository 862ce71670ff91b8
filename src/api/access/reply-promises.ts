import { systemClock } from '../../base/clock.ts';
import { NO_BYTES } from '../core/qiodevice.ts';
import { Attribute } from './access-enums.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { assertReadable, claim, failureOf } from './reply-consumer.ts';
import { publicUrl } from './reply-error.ts';
import { decoded, decoderNamed, parsed } from './reply-text.ts';
import { assertThere, deletedTooSoon, ReplyWatch } from './reply-watch.ts';

/** Node's timers know no longer time. */
const LONGEST = 0x7fff_ffff;

/** Statuses that are followed when there is a Location. */
const REDIRECTS: readonly number[] = [301, 302, 303, 305, 307, 308];

/** The end of the reply, whatever it is; `timeout` in milliseconds, 0 and undefined are no limit. The reply goes on after a timeout. */
export function whenFinished<R extends QNetworkReply>(reply: R, options?: { timeout?: number }): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const limit = options?.timeout ?? 0;
    if (!Number.isSafeInteger(limit) || limit < 0 || limit > LONGEST) {
      throw new RangeError(
        `whenFinished(): timeout expects whole milliseconds from 0 (no limit) to ${LONGEST}; got ${String(limit)}`,
      );
    }
    assertThere(reply, 'whenFinished()');
    if (reply.isFinished()) return resolve(reply);
    const watch = new ReplyWatch(reply, {
      finished: () => {
        timer?.cancel();
        resolve(reply);
      },
      destroyed: () => {
        timer?.cancel();
        reject(deletedTooSoon('whenFinished()'));
      },
    });
    const expire = (): void => {
      watch.release();
      reject(timeoutError(reply, limit));
    };
    const timer = limit > 0 ? systemClock.after(limit, expire, true) : null;
  });
}

/** The final head. Resolves at once when it is there, rejects when the reply ends without one. */
export function whenHeaders<R extends QNetworkReply>(reply: R): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    assertThere(reply, 'whenHeaders()');
    if (hasFinalHead(reply) || reply.bytesAvailable() > 0) return resolve(reply);
    const settle = attempt(reject, () => {
      const failed = hasFinalHead(reply) ? null : failureOf(reply);
      if (failed === null) resolve(reply);
      else reject(failed.error);
    });
    if (reply.isFinished()) return settle();
    const there = (): void => {
      watch.release();
      resolve(reply);
    };
    const watch = new ReplyWatch(reply, {
      head: () => {
        if (hasFinalHead(reply)) there();
      },
      // The body follows the head, also where a reply of another kind has none.
      data: there,
      finished: settle,
      destroyed: () => reject(deletedTooSoon('whenHeaders()')),
    });
  });
}

/** The whole body. Rejects when `error()` is not NoError, with the reason of the AbortSignal when one aborted the reply. */
export function bytes(reply: QNetworkReply): Promise<Buffer> {
  return consume(reply, 'bytes()', (body) => body);
}

/** The whole body as text, in `encoding`, else the charset of its Content-Type, else UTF-8; without a byte order mark. */
export async function text(reply: QNetworkReply, encoding?: string): Promise<string> {
  const decode = encoding === undefined ? (body: Buffer) => decoded(reply, body, 'text()') : decoderNamed(encoding);
  return consume(reply, 'text()', decode);
}

/** The whole body as JSON. */
export function json<T = unknown>(reply: QNetworkReply): Promise<T> {
  return consume(reply, 'json()', (body) => parsed(reply, body) as T);
}

/** Collects the body and converts it within `finished`: afterwards the program may delete the reply. */
function consume<T>(reply: QNetworkReply, who: string, convert: (body: Buffer) => T): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    claim(reply, who);
    const parts: Buffer[] = [];
    const take = (): void => {
      const part = reply.readAll();
      if (part.length > 0) parts.push(part);
    };
    const settle = attempt(reject, () => {
      const failed = failureOf(reply);
      if (failed !== null) return reject(failed.error);
      take();
      if (parts.length === 0) assertReadable(reply, who);
      resolve(convert(joined(parts)));
    });
    if (reply.isFinished()) return settle();
    const giveUp = (error: unknown): void => {
      watch.release();
      reject(error);
    };
    let reading = false;
    let over = false;
    const collect = attempt(giveUp, () => {
      reading = true;
      try {
        take();
      } finally {
        reading = false;
      }
      if (over) settle();
    });
    const finished = (): void => {
      over = true;
      // A reply may end when its last byte is read: within the read that is about to give it to us.
      if (!reading) settle();
    };
    const watch = new ReplyWatch(reply, { data: collect, finished, destroyed: () => reject(deletedTooSoon(who)) });
    // With a bounded buffer a reply stops until it is read; here all of it is wanted.
    attempt(giveUp, () => reply.setReadBufferSize(0))();
    collect();
  });
}

/** `f` for use as a slot: an error of a reply's own methods must reach the promise, not only the process. */
function attempt(fail: (error: unknown) => void, f: () => void): () => void {
  return () => {
    try {
      f();
    } catch (error) {
      fail(error);
    }
  };
}

/** True when there is a head that is not the one of a redirect which will be followed, or refused with an error. */
function hasFinalHead(reply: QNetworkReply): boolean {
  const status = reply.status();
  if (status === 0) return reply.rawHeaderList().length > 0;
  // A redirect that is left to the program has its target as an attribute.
  return (
    !REDIRECTS.includes(status) ||
    !reply.hasRawHeader('Location') ||
    reply.attribute(Attribute.RedirectionTargetAttribute) !== null
  );
}

function joined(parts: Buffer[]): Buffer {
  if (parts.length === 1) return parts[0]!;
  return parts.length === 0 ? NO_BYTES : Buffer.concat(parts);
}

function timeoutError(reply: QNetworkReply, limit: number): Error {
  const url = publicUrl(reply.url()).slice(0, 200);
  const error = new Error(
    `whenFinished(): ${url} did not finish within its timeout of ${limit} ms; the reply goes on, abort() stops it`,
  );
  Object.defineProperty(error, 'name', { value: 'TimeoutError', configurable: true, writable: true });
  return error;
}
