import { button, h } from './dom.ts';

const KEYS = [
  ['/', 'to the filter'],
  ['↑ ↓ Page Home End', 'through the list'],
  ['Enter', 'to the details of a request'],
  ['← →', 'from one tab of the details to the next'],
  ['Escape', 'close what is open; back to the list'],
  ['c', 'copy the request as a command of curl'],
  ['r', 'send the request again'],
  ['p', 'pause, go on'],
  ['o', 'connections and queues'],
  ['t', 'light, dark, as the system has it'],
  ['Shift+C', 'forget all requests'],
  ['?', 'this'],
] as const;

/** What the colours of the waterfall say. */
const COLOURS = [
  ['p-queue', 'waits for a connection'],
  ['p-open', 'opens one: name, address, proxy, TLS'],
  ['p-wait', 'is sent, waits for the answer'],
  ['p-receive', 'receives it'],
] as const;

export function helpDialog(): HTMLDialogElement {
  const rows = KEYS.flatMap(([key, what]) => [
    h('dt', {}, ...key.split(' ').map((each) => h('kbd', {}, each))),
    h('dd', {}, what),
  ]);
  const dialog = h('dialog', { 'aria-label': 'Keys' }, h('h2', {}, 'Keys'), h('dl', { class: 'keys' }, ...rows));
  const colours = COLOURS.map(([colour, what]) => h('span', { class: 'swatch' }, h('i', { class: colour }), what));
  dialog.append(h('h2', {}, 'Waterfall'), h('p', { class: 'legend' }, ...colours));
  dialog.append(button('Close', 'Close (Escape)', () => dialog.close()));
  return dialog;
}
