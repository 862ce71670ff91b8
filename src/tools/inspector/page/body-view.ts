import { button, h } from './dom.ts';
import { hexLines } from './hex.ts';
import { jsonView } from './json-view.ts';
import type { BodyData } from './protocol.ts';
import { bytes } from './words.ts';

/** Letters and bytes that are shown at once. */
const TEXT_PIECE = 100_000;
const HEX_PIECE = 4096;

type Look = readonly [name: string, make: () => HTMLElement];

/** A body in the ways in which it can be looked at; the most telling one first. */
export function bodyView(body: BodyData | null): HTMLElement {
  if (body === null || body.size === 0) return h('p', { class: 'note' }, 'There is no body.');
  const about = h('p', { class: 'note' }, [body.mime || 'No media type', bytes(body.size)].join(' · '));
  const remark = body.remark === undefined ? null : h('p', { class: 'note' }, body.remark);
  if (body.text === undefined) return h('div', { class: 'body' }, about, remark);
  const looks = looksOf(body, body.text);
  const place = h('div', { class: 'look' });
  const choices = looks.map(([name, make], i) => {
    const choice: HTMLButtonElement = button(name, `Show it as ${name}`, () => {
      for (const other of choices) other.setAttribute('aria-pressed', String(other === choice));
      place.replaceChildren(make());
    });
    choice.setAttribute('aria-pressed', String(i === 0));
    return choice;
  });
  place.append(looks[0]![1]());
  return h('div', { class: 'body' }, h('div', { class: 'choices' }, ...choices, about), remark, place);
}

function looksOf(body: BodyData, text: string): Look[] {
  const { mime, base64 = false } = body;
  const looks: Look[] = [];
  const octets = (): Uint8Array<ArrayBuffer> =>
    base64 ? Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) : new TextEncoder().encode(text);
  if (/^image\//i.test(mime)) looks.push(['Image', () => image(octets(), mime)]);
  if (!base64) {
    const value = /json/i.test(mime) || /^\s*[[{]/.test(text) ? parsed(text) : undefined;
    if (value !== undefined) looks.push(['Tree', () => jsonView(value)]);
    looks.push(['Text', () => textView(text)]);
  }
  looks.push(['Hex', () => hexView(octets())]);
  return looks;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function image(octets: Uint8Array<ArrayBuffer>, mime: string): HTMLElement {
  const url = URL.createObjectURL(new Blob([octets], { type: mime.replace(/;.*$/s, '') }));
  const element = h('img', { src: url, alt: 'The body as an image' });
  const size = h('p', { class: 'note' });
  element.addEventListener('load', () => {
    size.textContent = `${element.naturalWidth} × ${element.naturalHeight}`;
    URL.revokeObjectURL(url);
  });
  element.addEventListener('error', () => {
    size.textContent = 'It is no image that can be shown.';
    URL.revokeObjectURL(url);
  });
  return h('div', { class: 'image' }, element, size);
}

function textView(text: string): HTMLElement {
  const pre = h('pre', {}, text.slice(0, TEXT_PIECE));
  return h('div', {}, pre, ...rest(text.length, TEXT_PIECE, (from, to) => pre.append(text.slice(from, to))));
}

function hexView(octets: Uint8Array): HTMLElement {
  const pre = h('pre', { class: 'hex' }, hexLines(octets, 0, HEX_PIECE).join('\n'));
  return h(
    'div',
    {},
    pre,
    ...rest(octets.length, HEX_PIECE, (from, to) => pre.append(`\n${hexLines(octets, from, to).join('\n')}`)),
  );
}

/** A button for what is left, while there is some. */
function rest(length: number, piece: number, add: (from: number, to: number) => void): HTMLElement[] {
  let from = piece;
  if (length <= from) return [];
  const word = (): string => `Show more of the ${bytes(length - from)} that are left`;
  const element = button(word(), 'Show more of it', () => {
    // more each time: who asks again wants to see much
    const to = Math.min(length, from * 4);
    add(from, to);
    from = to;
    if (from >= length) element.remove();
    else element.textContent = word();
  });
  return [element];
}
