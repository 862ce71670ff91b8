// Helpers that several clients share.
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';

/** Version of a package in bench/node_modules; not every package lets its package.json be imported. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

const block = Buffer.alloc(65_536, 120);

/** A stream of so many bytes, made when they are asked for. */
export function source(bytes) {
  let left = bytes;
  return new Readable({
    highWaterMark: block.length,
    read() {
      if (left <= 0) return void this.push(null);
      const n = Math.min(left, block.length);
      left -= n;
      this.push(n === block.length ? block : block.subarray(0, n));
    },
  });
}

/** The same for fetch. */
export function webSource(bytes) {
  let left = bytes;
  return new ReadableStream(
    {
      pull(controller) {
        if (left <= 0) return controller.close();
        const n = Math.min(left, block.length);
        left -= n;
        controller.enqueue(n === block.length ? block : block.subarray(0, n));
      },
    },
    { highWaterMark: 0 },
  );
}

/** How many bytes a Node or web stream carries. */
export async function count(stream) {
  let n = 0;
  for await (const piece of stream) n += piece.length;
  return n;
}

/** One request after another. */
export async function inTurn(get, url, n) {
  const tally = { n, ok: 0, bytes: 0 };
  for (let i = 0; i < n; i++) {
    const r = await get(url);
    tally.bytes += r.bytes;
    if (r.status === 200) tally.ok++;
  }
  return tally;
}

/** Hands over all requests at once: the client's own pool does the queueing. */
export async function allAtOnce(get, url, n) {
  const tally = { ok: 0, bytes: 0 };
  const add = (r) => {
    tally.bytes += r.bytes;
    if (r.status === 200) tally.ok++;
  };
  await Promise.all(Array.from({ length: n }, () => get(url).then(add)));
  return tally;
}

/** For clients without a limit on connections: a queue in user land. */
export async function limited(get, url, n, connections) {
  const tally = { ok: 0, bytes: 0 };
  let left = n;
  const lane = async () => {
    while (left-- > 0) {
      const r = await get(url);
      tally.bytes += r.bytes;
      if (r.status === 200) tally.ok++;
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  return tally;
}
