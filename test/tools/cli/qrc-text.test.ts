import { describe, expect, test } from 'vitest';
import { moduleText } from '../../../src/tools/cli/resources/module-text.ts';
import { readCollection } from '../../../src/tools/cli/resources/qrc-text.ts';

describe('a resource collection file', () => {
  const rows: [what: string, text: string, files: string[]][] = [
    [
      'as rcc writes it',
      '<!DOCTYPE RCC><RCC version="1.0">\n<qresource>\n  <file>a.png</file>\n</qresource>\n</RCC>',
      [' a.png'],
    ],
    ['a prefix', '<RCC><qresource prefix="/x"><file>a/b.png</file></qresource></RCC>', ['/x a/b.png']],
    ['an alias', `<RCC><qresource prefix='/x'><file alias="b.png">a.png</file></qresource></RCC>`, ['/x b.png=a.png']],
    [
      'what the compiler of Qt is told beside',
      '<RCC><qresource><file compress="9" threshold="1" compress-algo="zstd">a</file></qresource></RCC>',
      [' a'],
    ],
    [
      'several prefixes',
      '<RCC><qresource prefix="/x"><file>a</file><file>b</file></qresource><qresource><file>c</file></qresource></RCC>',
      ['/x a', '/x b', ' c'],
    ],
    [
      'comments, a declaration, a byte order mark',
      '\ufeff<?xml version="1.0"?><!-- <file>no</file> --><RCC><qresource><!--x--><file>a<!-- - -->b</file></qresource></RCC>',
      [' ab'],
    ],
    [
      'escapes',
      '<RCC><qresource prefix="/a&amp;b"><file alias="&quot;&apos;">&lt;&gt;&#65;&#x42;&no;</file></qresource></RCC>',
      ['/a&b "\'=<>AB&no;'],
    ],
    ['blanks around the name', '<RCC><qresource><file>\n  a b.png\n</file></qresource></RCC>', [' a b.png']],
    ['nothing', '<RCC/>', []],
    ['an empty prefix', '<RCC><qresource prefix="/x"/></RCC>', []],
  ];
  test.each(rows)('%s', (_what, text, files) => {
    const found = readCollection(text, 'x.qrc');
    expect(found.map(({ prefix, alias, file }) => `${prefix} ${alias === '' ? '' : `${alias}=`}${file}`)).toEqual(files);
  });

  const wrong: [what: string, text: string, said: string][] = [
    ['no XML', 'hello', 'x.qrc:1: "hello" stands outside of <file>'],
    ['a tag that does not end', '<RCC>\n<qresource', 'x.qrc:2: this is no XML'],
    ['a tag that is not closed', '<RCC>\n<qresource>\n', 'x.qrc:3: <qresource> is not closed'],
    ['a tag that closes another', '<RCC><qresource></RCC></qresource>', 'x.qrc:1: </RCC> closes nothing'],
    ['a file elsewhere', '<RCC><file>a</file></RCC>', 'x.qrc:1: <file> does not belong here'],
    ['another language', '<html></html>', 'x.qrc:1: <html> does not belong here'],
    ['a file without a name', '<RCC><qresource><file> </file></qresource></RCC>', 'names no file'],
    ['the same, short', '<RCC><qresource><file/></qresource></RCC>', 'names no file'],
    ['a language', '<RCC><qresource lang="de"/></RCC>', 'use a prefix for each'],
    ['an entity declared', '<!DOCTYPE RCC [<!ENTITY a "b">]><RCC/>', 'this is no XML'],
  ];
  test.each(wrong)('%s', (_what, text, said) => {
    expect(() => readCollection(text, 'x.qrc')).toThrow(said);
  });
});

describe('the module', () => {
  const text = (files: Record<string, string>): string =>
    moduleText(
      Object.entries(files).map(([name, content]) => ({ name, prefix: '/x', bytes: Buffer.from(content) })),
      'folder',
    );

  test('holds what is small as it is, and packs what becomes smaller', () => {
    expect(text({ 'a.txt': 'tiny' })).toBe(
      [
        '// Made by qnam rcc from "folder". Do not change it: run qnam rcc again.',
        "import { QResource } from 'qnetwork';",
        '',
        "const stored = (text) => () => Buffer.from(text, 'base64');",
        '',
        'QResource.registerResource("/x", {',
        '  "a.txt": stored(\'dGlueQ==\'),',
        '});',
        '',
      ].join('\n'),
    );
    const long = text({ 'a.txt': 'x'.repeat(10_000) });
    expect(long).toContain(`  "a.txt": packed('`);
    expect(long.length).toBeLessThan(400);
    expect(long).not.toContain('stored');
  });

  test('names that mean something in JavaScript are names of files', () => {
    const source = text({ ['__proto__']: 'a', 'it\'s "so"\n': 'b' });
    expect(source).toContain('  ["__proto__"]: stored(');
    expect(source).toContain('  "it\'s \\"so\\"\\n": stored(');
  });
});
