import { type QNetworkAccessManager, QNetworkReply } from '../../../src/index.ts';
import { direct } from './hostile.ts';

export interface Told {
  readonly lost: string[];
  readonly sent: string[];
}

/** Sends `gets` GETs and `posts` POSTs in a mixed order, at most `atOnce` beside each other; gives those that failed, with the reason. */
export async function weathered(
  manager: QNetworkAccessManager,
  base: string,
  { gets, posts, atOnce }: { readonly gets: number; readonly posts: number; readonly atOnce: number },
): Promise<Told> {
  const every = Math.max(1, Math.round((gets + posts) / Math.max(1, posts)));
  const sent = Array.from({ length: gets + posts }, (_, i) => `/${i % every === 0 && i / every < posts ? 'post' : 'get'}-${i}`);
  const lost: string[] = [];
  const queue = sent.values();
  async function lane(): Promise<void> {
    for (const path of queue) {
      const options = direct({ timeout: { total: 20_000 } });
      const reply = path.startsWith('/post')
        ? manager.post(base + path, Buffer.from('x'.repeat(100)), options)
        : manager.get(base + path, options);
      await reply.whenFinished();
      if (reply.error() !== QNetworkReply.NetworkError.NoError) lost.push(`${path}: ${reply.errorString()}`);
      else if (reply.readAll().toString() !== path) lost.push(`${path}: the wrong answer`);
      reply.deleteLater();
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { lost, sent };
}
