import { button, h } from './dom.ts';

/** Members that are shown at once. */
const PIECE = 100;
/** Letters of a preview. */
const PREVIEW = 90;

/** A value of JSON as a tree that is opened as far as one wants to look. */
export function jsonView(value: unknown): HTMLElement {
  return h('div', { class: 'json' }, node(null, value, 0));
}

function node(name: string | null, value: unknown, depth: number): HTMLElement {
  const label = name === null ? [] : [h('span', { class: 'json-name' }, name), ': '];
  if (typeof value !== 'object' || value === null) return h('div', { class: 'leaf' }, ...label, leaf(value));
  const list = Array.isArray(value);
  const members = Object.entries(value);
  const size = list ? `[${members.length}]` : `{${members.length}}`;
  const branch = h(
    'details',
    {},
    h('summary', {}, ...label, h('span', { class: 'json-size' }, size), h('span', { class: 'preview' }, preview(members, list))),
  );
  if (members.length === 0) return h('div', { class: 'leaf' }, ...label, h('span', { class: 'json-size' }, list ? '[]' : '{}'));
  let filled = false;
  const fill = (): void => {
    if (filled) return;
    filled = true;
    more(branch, members, 0, depth + 1);
  };
  branch.addEventListener('toggle', () => branch.open && fill());
  if (depth < 2 && members.length <= PIECE) {
    branch.open = true;
    fill();
  }
  return branch;
}

/** What a closed branch has in it, as far as it fits a line. */
function preview(members: readonly (readonly [string, unknown])[], list: boolean): string {
  const parts: string[] = [];
  let length = 0;
  for (const [name, value] of members) {
    const shown = typeof value === 'object' && value !== null ? '…' : JSON.stringify(value);
    parts.push(list ? shown : `${name}: ${shown}`);
    length += parts.at(-1)!.length;
    if (length > PREVIEW) break;
  }
  return ` ${parts.join(', ').slice(0, PREVIEW)}`;
}

function more(branch: HTMLElement, members: readonly (readonly [string, unknown])[], from: number, depth: number): void {
  for (const [name, value] of members.slice(from, from + PIECE)) branch.append(node(name, value, depth));
  const left = members.length - from - PIECE;
  if (left <= 0) return;
  const next = button(`${left} more`, 'Show more of them', () => {
    next.remove();
    more(branch, members, from + PIECE, depth);
  });
  branch.append(next);
}

function leaf(value: unknown): HTMLElement {
  const kind = value === null ? 'null' : typeof value;
  return h('span', { class: `json-${kind}` }, JSON.stringify(value));
}
