import { expect, test } from 'vitest';
import { LAYERS } from '../../scripts/house/layers.mjs';
import type { CookieKeeper } from '../../src/contract/cookie.ts';
import type { Stage } from '../../src/contract/stage.ts';
import { Engine } from '../../src/engine/assembly.ts';
import { read } from './blocks.ts';

/** The groups of a picture that say something to be checked: their attributes by name, and their text. */
function groupsOf(svg: string, attribute: string) {
  return Array.from(svg.matchAll(/<g( data-[^>]*)>(.*?)<\/g>/gs), ([, attributes = '', content = '']) => {
    const data = new Map(Array.from(attributes.matchAll(/data-(\w+)="([^"]*)"/g), ([, name = '', value = '']) => [name, value]));
    return {
      name: data.get(attribute),
      data,
      texts: Array.from(content.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, text]) => text!),
    };
  }).filter(({ name }) => name !== undefined);
}

/** Rooms within a room of the picture, which draws only the big ones. */
const WITHIN = /^(?:entry|tools .+|page .+|peers .+|transports .+)$/;

test('the house has the rooms of the table, and says of each what it may import', () => {
  const rooms = groupsOf(read('docs/images/house.svg'), 'layer');
  const drawn = Object.fromEntries(rooms.map(({ name, data }) => [name, data.get('may')!.split(' ').filter(Boolean).sort()]));
  const built = Object.entries(LAYERS).filter(([name]) => !WITHIN.test(name));
  const allowed = built.map(([name, { may }]) => [name, may.filter((other) => other !== name && !WITHIN.test(other)).sort()]);
  expect(drawn).toEqual(Object.fromEntries(allowed));
});

test('what a room of the house says is what it shows', () => {
  for (const { name, data, texts } of groupsOf(read('docs/images/house.svg'), 'layer')) {
    const may = data.get('may')!;
    const floors = may.replace(/rules contract base$/, 'rules ↓').replace(/contract base$/, 'contract ↓');
    const first = texts.findIndex((text) => text.includes('→'));
    const shown = first < 0 ? '' : texts.slice(first).join(' ');
    // contract and base, the lowest floors, say nothing
    if (name === 'contract' || name === 'base') expect(shown).toBe('');
    else expect(shown.replace(/^.*→ /, ''), name).toBe(floors.replace(/(?<=\w) (?=\w)/g, ', '));
  }
});

test('the life of a transfer has the stages of the engine in their order, and says which way each is asked', () => {
  const engine = new Engine({ cookies: {} as CookieKeeper });
  const conductor = Reflect.get(engine, 'conductor') as Readonly<Record<string, readonly Stage[]>>;
  const names = (list: string) => conductor[list]!.map(({ name }) => name);
  const stages = groupsOf(read('docs/images/life.svg'), 'stage');
  const drawn = (way: string) => stages.filter(({ data }) => data.get('ways')!.includes(way)).map(({ name }) => name);
  expect(drawn('o')).toEqual(names('outwards'));
  expect(drawn('i').reverse()).toEqual(names('inwards'));
  expect(drawn('f')).toEqual(names('failing'));
  expect(drawn('b')).toEqual(names('mending'));
  for (const { name, texts } of stages) expect(texts[0]).toBe(name);
});

test.each(['house', 'life'])('the picture %s is for everybody: a title, a description, text as text, both schemes', (name) => {
  const svg = read(`docs/images/${name}.svg`);
  expect(svg).toMatch(
    /<svg[^>]* role="img" aria-labelledby="title desc"[^>]*>\s*<title id="title">[^<]{20,}<\/title>\s*<desc id="desc">[^<]{100,}<\/desc>/,
  );
  expect(svg).toContain('@media (prefers-color-scheme: dark)');
  expect(svg).not.toMatch(/https?:(?!\/\/www\.w3\.org\/2000\/svg")|<script|<image/);
});
