import { describe, expect, it } from 'vitest';
import type { Variant, VaryFields } from '../../../src/contract/cache.ts';
import { findVariant, signpost, variantName, varyFields, varyMatches, withVariant } from '../../../src/rules/cache/vary.ts';
import { asks, list } from './support.ts';

/** What is kept of a request for an answer with these fields; it must be there. */
function kept(response: string, request: string): VaryFields {
  const vary = varyFields(list(response), asks(request));
  if (vary === null) throw new Error(`${response} depends on more than fields`);
  return vary;
}

describe('on what an answer depends (RFC 9111 4.1, RFC 9110 12.5.5)', () => {
  const rows: readonly [response: string, request: string, vary: VaryFields | null][] = [
    ['', 'Foo: 1', []],
    ['Vary:', 'Foo: 1', []],
    ['Vary: , ,', 'Foo: 1', []],
    ['Vary: Foo', 'foo: 1', [['foo', '1']]],
    ['Vary: Foo', '', [['foo', null]]],
    ['Vary: Foo', 'Foo:', [['foo', '']]],
    [
      'Vary: B, a ,B',
      'A: 1\nB: 2',
      [
        ['b', '2'],
        ['a', '1'],
      ],
    ],
    [
      'Vary: Foo\nVary: Bar',
      'Foo: 1',
      [
        ['foo', '1'],
        ['bar', null],
      ],
    ],
    ['Vary: *', '', null],
    ['Vary: *, *', '', null],
    ['Vary: *\nVary: *', '', null],
    ['Vary: , *', '', null],
    ['Vary:\nVary: *', '', null],
    ['Vary: *, Foo', 'Foo: 1', null],
    ['Vary: Foo,*', 'Foo: 1', null],
  ];
  it.each(rows)('%j of %j', (response, request, vary) => {
    expect(varyFields(list(response), asks(request))).toEqual(vary);
  });
});

describe('whether a request says the same (RFC 9111 4.1)', () => {
  const rows: readonly [what: string, vary: string, first: string, second: string, same: boolean][] = [
    ['the same', 'Foo', 'Foo: 1', 'Foo: 1', true],
    ['nothing named', '', 'Foo: 1', 'Foo: 2', true],
    ['another value', 'Foo', 'Foo: 1', 'Foo: 2', false],
    ['absent before', 'Foo', '', 'Foo: 1', false],
    ['absent now', 'Foo', 'Foo: 1', '', false],
    ['absent both times', 'Foo', '', '', true],
    ['absent is not empty', 'Foo', '', 'Foo:', false],
    ['a field that is not named', 'Foo', 'Foo: 1\nOther: 2', 'Foo: 1\nOther: 3', true],
    ['all of two', 'Foo, Bar', 'Foo: 1\nBar: a', 'Bar: a\nFoo: 1', true],
    ['the first of two is different', 'Foo, Bar', 'Foo: 1\nBar: a', 'Foo: 2\nBar: a', false],
    ['the second of two is different', 'Foo, Bar', 'Foo: 1\nBar: a', 'Foo: 1\nBar: ab', false],
    ['the values are swapped', 'Foo, Bar', 'Foo: 1\nBar: 2', 'Foo: 2\nBar: 1', false],
    ['one of three absent both times', 'Foo, Bar, Baz', 'Foo: 1\nBaz: 3', 'Foo: 1\nBaz: 3', true],
    // normal forms
    ['two fields for one', 'Foo', 'Foo: 1, 2', 'Foo: 1\nFoo: 2', true],
    ['blanks around commas', 'Foo', 'Foo: 1,2', 'Foo:  1 ,  2 ', true],
    ['blanks elsewhere', 'Foo', 'Foo: 1 2', 'Foo: 12', false],
    ['another order', 'Foo', 'Foo: 1, 2', 'Foo: 2, 1', false],
    ['another case', 'Foo', 'Foo: a', 'Foo: A', false],
    ['blanks in quotes', 'Foo', 'Foo: "a, b"', 'Foo: "a,b"', false],
    ['blanks outside of quotes', 'Foo', 'Foo: "a, b",c', 'Foo: "a, b" , c', true],
    ['a quote in quotes', 'Foo', 'Foo: "a\\", b",c', 'Foo: "a\\", b" ,c', true],
    ['languages in another order', 'Accept-Language', 'Accept-Language: en, de', 'Accept-Language: de, en', true],
    ['languages in another case', 'Accept-Language', 'Accept-Language: en, de', 'Accept-Language: eN, De', true],
    ['languages with blanks', 'Accept-Language', 'Accept-Language: en,de;q=0.5', 'Accept-Language: en ,  de ; q=0.5', true],
    ['languages of another rank', 'Accept-Language', 'Accept-Language: en, de;q=0.5', 'Accept-Language: en, de;q=0.6', false],
    ['another language', 'Accept-Language', 'Accept-Language: en', 'Accept-Language: de', false],
    ['codings in another order', 'Accept-Encoding', 'Accept-Encoding: gzip, br', 'Accept-Encoding: BR,gzip', true],
    ['a coding less', 'Accept-Encoding', 'Accept-Encoding: gzip, br', 'Accept-Encoding: gzip', false],
    ['no codings', 'Accept-Encoding', 'Accept-Encoding: gzip', '', false],
    ['types in another order', 'Accept', 'Accept: a/b, c/d;q=0.5', 'Accept: c/d;q=0.5,a/b', true],
    ['types with another parameter', 'Accept', 'Accept: a/b;v=x', 'Accept: a/b;v=X', false],
    ['a quoted parameter', 'Accept', 'Accept: a/b;v="x ; y"', 'Accept: a/b;v="x; y"', false],
  ];
  it.each(rows)('%s', (_what, vary, first, second, same) => {
    expect(varyMatches(kept(`Vary: ${vary}`, first), asks(second))).toBe(same);
  });
});

describe('variantName', () => {
  it('is empty for an answer that depends on nothing', () => {
    expect(variantName([])).toBe('');
  });

  it('is the same for the same, and short', () => {
    const name = variantName([['foo', '1']]);
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    expect(variantName([['foo', '1']])).toBe(name);
  });

  it('tells all others apart', () => {
    const all: VaryFields[] = [
      [['foo', null]],
      [['foo', '']],
      [['foo', '1']],
      [['bar', '1']],
      [
        ['foo', '1'],
        ['bar', null],
      ],
      [['foo', 'null']],
    ];
    expect(new Set(all.map(variantName)).size).toBe(all.length);
  });
});

describe('signposts', () => {
  const variant = (value: string): Variant => {
    const vary = kept('Vary: Foo', `Foo: ${value}`);
    return { variant: variantName(vary), vary };
  };

  it('lead to the variant for a request, or to none', () => {
    const post = signpost([variant('1'), variant('2')]);
    expect(findVariant(post, asks('Foo: 2'))).toEqual(variant('2'));
    expect(findVariant(post, asks('Foo: 3'))).toBeNull();
    expect(findVariant(post, asks(''))).toBeNull();
  });

  it('prefer the newest when several fit', () => {
    const wide = { variant: 'w', vary: kept('Vary: Bar', '') };
    expect(findVariant(signpost([wide, variant('1')]), asks('Foo: 1'))).toBe(wide);
    expect(findVariant(signpost([variant('1'), wide]), asks('Foo: 1'))).toEqual(variant('1'));
  });

  it('get new ones in front, each once', () => {
    let variants: readonly Variant[] = [];
    for (const value of ['1', '2', '1', '3', '1']) variants = withVariant(variants, variant(value));
    expect(variants).toEqual([variant('1'), variant('3'), variant('2')]);
  });

  it('forget the oldest when there are too many', () => {
    let variants: readonly Variant[] = [];
    for (let i = 0; i < 100; i++) variants = withVariant(variants, variant(String(i)));
    expect(variants.length).toBe(32);
    expect(variants[0]).toEqual(variant('99'));
    expect(variants.at(-1)).toEqual(variant('68'));
  });

  it('are no answers', () => {
    expect(signpost([variant('1')])).toMatchObject({ status: 0, vary: [], range: null, expires: -1, variants: [variant('1')] });
  });
});
