// @ts-check
// A screenshot with 256 colours instead of all: a third of the size, and no eye sees it on a page of text and flat colours.
import { crc32, deflateSync } from 'node:zlib';

const MOST = 256;

/**
 * @param {import('playwright-core').Page} page any page of the browser; it decodes
 * @param {Buffer} png
 * @returns {Promise<Buffer>}
 */
export async function smallPng(page, png) {
  const { width, height, pixels } = await page.evaluate(decoded, png.toString('base64'));
  const bytes = Buffer.from(pixels, 'base64');
  const colours = new Uint32Array(width * height);
  for (let i = 0; i < colours.length; i++) colours[i] = bytes.readUIntBE(i * 4, 3);
  const palette = mostUsed(colours);
  return encoded(width, height, colours, palette);
}

/** Runs in the page. @param {string} png */
async function decoded(png) {
  const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
  const { createImageBitmap, OffscreenCanvas } = /** @type {any} */ (globalThis);
  const image = await createImageBitmap(blob);
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  /** @type {Uint8ClampedArray} */
  const data = context.getImageData(0, 0, width, height).data;
  let text = '';
  for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
  return { width, height, pixels: btoa(text) };
}

/** @param {Uint32Array} colours */
function mostUsed(colours) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([colour]) => colour);
}

/** @param {number} width @param {number} height @param {Uint32Array} colours @param {readonly number[]} palette */
function encoded(width, height, colours, palette) {
  /** @type {Map<number, number>} */
  const places = new Map();
  const rows = Buffer.alloc((width + 1) * height);
  for (let i = 0; i < colours.length; i++) {
    const colour = colours[i] ?? 0;
    const place = places.get(colour) ?? nearest(colour, palette);
    places.set(colour, place);
    rows[i + 1 + Math.floor(i / width)] = place;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // 8 bits a pixel, which are the number of a colour
  head.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const mark = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const body = deflateSync(rows, { level: 9 });
  return Buffer.concat([mark, chunk('IHDR', head), chunk('PLTE', table), chunk('IDAT', body), chunk('IEND', Buffer.alloc(0))]);
}

/** @param {number} colour @param {readonly number[]} palette */
function nearest(colour, palette) {
  const far = (/** @type {number} */ other) =>
    ((colour >> 16) - (other >> 16)) ** 2 +
    (((colour >> 8) & 255) - ((other >> 8) & 255)) ** 2 +
    ((colour & 255) - (other & 255)) ** 2;
  let best = 0;
  for (let i = 1; i < palette.length; i++) if (far(palette[i] ?? 0) < far(palette[best] ?? 0)) best = i;
  return best;
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)), data.length + 8);
  return out;
}
