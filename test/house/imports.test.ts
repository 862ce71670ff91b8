import { describe, expect, test } from 'vitest';
import { checkImports, checkNames } from '../../scripts/house/rules.mjs';
import { readTree } from '../../scripts/house/tree.mjs';

const rulesBroken = (files: Record<string, string>) => checkImports(files).map(({ rule }) => rule);

describe('the tree', () => {
  const files = readTree();

  test('is found', () => {
    expect(Object.keys(files).length).toBeGreaterThan(10);
    expect(files).toHaveProperty(['src/contract/sink.ts']);
  });
  test('keeps the import rules', () => {
    expect(checkImports(files).map(({ path, line, sentence }) => `${path}:${line} ${sentence}`)).toEqual([]);
  });
  test('keeps the names where they belong', () => {
    expect(checkNames(files).map(({ path, line, sentence }) => `${path}:${line} ${sentence}`)).toEqual([]);
  });
});

/** [file, what it imports, may it?] */
const LAYERS: readonly [string, string, boolean][] = [
  ['src/base/clock.ts', './bytes.ts', true],
  ['src/base/clock.ts', '../contract/clock.ts', false],
  ['src/base/url.ts', '../rules/mime.ts', false],
  ['src/contract/sink.ts', '../base/url.ts', true],
  ['src/contract/sink.ts', '../rules/mime.ts', false],
  ['src/rules/cache/freshness.ts', '../../contract/head.ts', true],
  ['src/rules/cache/freshness.ts', '../../stores/memory.ts', false],
  ['src/rules/cache/freshness.ts', '../../wire/route.ts', false],
  ['src/wire/h1/codec.ts', '../../rules/framing.ts', true],
  ['src/wire/h1/codec.ts', '../pool/pool.ts', true],
  ['src/wire/h1/codec.ts', '../../engine/netlog.ts', false],
  ['src/wire/pool/pool.ts', '../../transports/http/transport.ts', false],
  ['src/system/proxy.ts', '../rules/proxy-bypass.ts', true],
  ['src/system/proxy.ts', '../wire/dial/resolve.ts', false],
  ['src/stores/memory.ts', '../contract/store.ts', true],
  ['src/stores/memory.ts', '../api/cache/qnetworkcachemetadata.ts', false],
  ['src/filters/inflate.ts', '../rules/content-coding.ts', true],
  ['src/filters/inflate.ts', '../stages/decode.ts', false],
  ['src/stages/decode.ts', '../filters/inflate.ts', true],
  ['src/stages/decode.ts', '../transports/http/transport.ts', false],
  ['src/stages/cache.ts', '../stores/memory.ts', false],
  ['src/transports/http/transport.ts', '../../wire/pool/pool.ts', true],
  ['src/transports/ftp/transport.ts', '../../wire/dial/tcp.ts', true],
  ['src/transports/file/transport.ts', '../../wire/dial/tcp.ts', false],
  ['src/transports/data/transport.ts', '../../rules/data-url.ts', true],
  ['src/transports/http/transport.ts', '../../engine/conductor.ts', false],
  ['src/engine/conductor.ts', './transfer.ts', true],
  ['src/engine/conductor.ts', '../contract/stage.ts', true],
  ['src/engine/conductor.ts', './assembly.ts', false],
  ['src/engine/conductor.ts', '../rules/retry.ts', false],
  ['src/engine/pipeline.ts', '../stages/decode.ts', false],
  ['src/engine/netlog.ts', '../base/clock.ts', true],
  ['src/engine/assembly.ts', '../stages/decode.ts', true],
  ['src/engine/assembly.ts', '../transports/http/transport.ts', true],
  ['src/engine/assembly.ts', '../wire/dial/tcp.ts', true],
  ['src/engine/assembly.ts', './conductor.ts', true],
  ['src/engine/assembly.ts', '../api/core/qurl.ts', false],
  ['src/api/core/qurl.ts', '../../base/url.ts', true],
  ['src/api/access/qnetworkrequest.ts', '../core/qurl.ts', true],
  ['src/api/access/qnetworkrequest.ts', '../../engine/assembly.ts', false],
  ['src/api/access/qnetworkrequest.ts', '../../engine/conductor.ts', false],
  ['src/api/access/qnetworkaccessmanager.ts', '../bridge/engine.ts', true],
  ['src/api/access/qnetworkaccessmanager.ts', '../../faces/fetch/index.ts', false],
  ['src/api/access/qnetworkaccessmanager.ts', '../../wire/pool/pool.ts', false],
  ['src/api/bridge/transfer-reply.ts', '../../engine/assembly.ts', true],
  ['src/api/bridge/transfer-reply.ts', '../../engine/conductor.ts', false],
  ['src/api/bridge/transfer-reply.ts', '../../stages/decode.ts', false],
  ['src/faces/fetch/index.ts', '../../engine/assembly.ts', true],
  ['src/faces/fetch/index.ts', '../../api/core/qurl.ts', false],
  ['src/tools/cli/main.ts', '../../index.ts', true],
  ['src/tools/cli/main.ts', './options.ts', true],
  ['src/tools/cli/main.ts', '../../base/clock.ts', true],
  ['src/tools/cli/main.ts', '../../api/core/qurl.ts', false],
  ['src/tools/cli/main.ts', '../../engine/assembly.ts', false],
  ['src/tools/cli/main.ts', '../../stores/shared-file.ts', false],
  ['src/tools/cli/inspect/hsts.ts', '../../../stores/shared-file.ts', true],
  ['src/tools/cli/inspect/hsts.ts', '../../../engine/assembly.ts', false],
  ['src/testing/server.ts', '../index.ts', true],
  ['src/testing/server.ts', '../wire/h1/codec.ts', false],
  ['src/index.ts', './api/core/qurl.ts', true],
  ['src/index.ts', './engine/assembly.ts', false],
  ['src/index.ts', './base/url.ts', false],
  ['src/base/bytes.ts', '../../test/support/server.ts', false],
];

describe('layers', () => {
  for (const [path, target, may] of LAYERS) {
    test(`${path} ${may ? 'may' : 'may not'} import ${target}`, () => {
      for (const text of [
        `import { a } from '${target}';`,
        `import type { A } from "${target}";`,
        `export * from '${target}';`,
      ]) {
        expect(rulesBroken({ [path]: text }), text).toEqual(may ? [] : ['layer']);
      }
    });
  }
  test('a violation says who, whom and why', () => {
    const [violation] = checkImports({ 'src/base/a.ts': "\nimport { b } from '../rules/b.ts';" });
    expect(violation).toMatchObject({ path: 'src/base/a.ts', line: 2 });
    expect(violation?.sentence).toBe(
      'src/base/a.ts may not import src/rules/b.ts: base is the ground floor: values and tools that know nothing above them (base may import base)',
    );
  });
  test('a file in no known folder is refused', () => {
    expect(rulesBroken({ 'src/helpers/a.ts': '' })).toEqual(['layer']);
  });
});

/** [file, text, rules broken] */
const HOMES: readonly [string, string, readonly string[]][] = [
  ['src/wire/dial/tcp.ts', "import { connect } from 'node:net';", []],
  ['src/wire/dial/tls.ts', "const tls = process.getBuiltinModule('node:tls');", []],
  ['src/wire/h1/stream.ts', "import type { Socket } from 'node:net';", ['home']],
  ['src/api/core/qfile.ts', "const net = process.getBuiltinModule('node:net');", ['home']],
  ['src/base/a.ts', "export { lookup } from 'node:dns';", ['home']],
  ['src/base/a.ts', "import('node:dns/promises');", ['home']],
  ['src/base/a.ts', 'const tls = require("node:tls");', ['home']],
  ['src/wire/h2/connection.ts', "import http2 from 'node:http2';", ['home']],
  ['src/wire/h2/connection.ts', "import net from 'node:net';", ['home']],
  ['src/faces/fetch/index.ts', "import type { Agent } from 'node:http';", []],
  ['src/faces/dispatcher/index.ts', "import type { Dispatcher } from 'undici';", []],
  ['src/faces/fetch/index.ts', "import { Agent } from 'node:http';", ['home']],
  ['src/faces/fetch/index.ts', "import { type Agent, request } from 'node:https';", ['home']],
  ['src/wire/dial/tcp.ts', "import { request } from 'node:http';", ['home']],
  ['src/base/a.ts', "import { readFileSync } from 'fs';", ['home']],
  ['src/base/a.ts', "import { parse } from 'tldts';", ['home']],
  ['src/base/a.ts', "import { parse } from '@scope/name/deep';", ['home']],
  ['src/base/a.ts', 'import(name);', ['home']],
  ['src/base/a.ts', 'process.getBuiltinModule(name);', ['home']],
  ['src/base/a.ts', "import fs from 'node:fs';", []],
  ['src/base/clock.ts', "import { setTimeout } from 'node:timers';", []],
  ['src/engine/a.ts', "import { scheduler } from 'node:timers/promises';", ['home']],
];

/** What no file but the clock and the wire's doors may use. */
const CHANCES: readonly string[] = [
  'setTimeout(f, 1)',
  'setInterval(f, 1)',
  'setImmediate(f)',
  'clearTimeout(t)',
  'globalThis.setTimeout(f)',
  'const later = setTimeout;',
  'Date.now()',
  'new Date()',
  'new Date;',
  'performance.now()',
  'process.hrtime.bigint()',
  'Math.random()',
  'AbortSignal.timeout(5)',
  'crypto.randomUUID()',
  'randomBytes(8)',
  'const text = `at $' + '{Date.now()}`;',
];

/** Looks like it, but is not. */
const HARMLESS: readonly string[] = [
  '// Date.now() is not used here',
  "/* import 'node:net'; */",
  'const help = \'import x from "node:net"\';',
  'const text = `setTimeout(f)`;',
  'new Date(0)',
  'Date.parse(text)',
  'this.timer.setTimeout(5)',
  'const finder = /Math.random()/;',
  "const a = b / c; const d = '//'; const e = f / g;",
  'this.require(name);',
  'import.meta.url;',
  'const own = { setTimeout: 1 };',
];

describe('homes', () => {
  test.each(HOMES)('%s: %s', (path, text, broken) => {
    expect(rulesBroken({ [path]: text })).toEqual(broken);
  });
  test.each(CHANCES)('time and chance: %s', (text) => {
    expect(rulesBroken({ 'src/engine/conductor.ts': text })).toContain('chance');
    expect(rulesBroken({ 'src/base/clock.ts': text })).toEqual([]);
    expect(rulesBroken({ 'src/wire/dial/race.ts': text })).toEqual([]);
  });
  test.each(HARMLESS)('harmless: %s', (text) => {
    expect(rulesBroken({ 'src/engine/conductor.ts': text })).toEqual([]);
  });
});

describe('circles', () => {
  const circle = (folder: string, kind: string) =>
    checkImports({
      [`src/${folder}/a.ts`]: `import ${kind}{ b } from './b.ts';`,
      [`src/${folder}/b.ts`]: `import { c } from './c.ts';`,
      [`src/${folder}/c.ts`]: `import { a } from './a.ts';`,
      [`src/${folder}/d.ts`]: `import { a } from './a.ts';`,
    }).map(({ sentence }) => sentence);

  test('are told once, with the way round', () => {
    expect(circle('base', '')).toEqual([
      'src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts is a circle: move what both need one floor down',
    ]);
  });
  test('of types count too, but not between the classes of api', () => {
    expect(circle('rules', 'type ')).toHaveLength(1);
    expect(circle('api/core', 'type ')).toEqual([]);
    expect(circle('api/core', '')).toHaveLength(1);
  });
  test('a file that imports itself', () => {
    expect(rulesBroken({ 'src/base/a.ts': "import { a } from './a.ts';" })).toEqual(['cycle']);
  });
});

test('a file has at most 400 lines', () => {
  expect(rulesBroken({ 'src/base/a.ts': 'x;\n'.repeat(400) })).toEqual([]);
  expect(rulesBroken({ 'src/base/a.ts': 'x;\n'.repeat(401) })).toEqual(['size']);
});

describe('names', () => {
  const named = (path: string, text: string) => checkNames({ [path]: text }).map(({ line }) => line);

  test.each(['engine', 'wire/h1', 'stages', 'filters', 'transports/file', 'stores', 'system', 'rules', 'base', 'contract'])(
    'Qt’s classes are unknown in %s, comments included',
    (folder) => {
      expect(named(`src/${folder}/a.ts`, '// like QUrl')).toEqual([1]);
      expect(named(`src/${folder}/a.ts`, '\nconst error = new QNetworkReplyError();')).toEqual([2]);
      expect(named(`src/${folder}/a.ts`, '// as Qt does; QPACK; IQMode')).toEqual([]);
    },
  );
  test('a class of api lives in the file of its name', () => {
    expect(named('src/api/core/qurl.ts', 'export class QUrl {}')).toEqual([]);
    expect(named('src/api/core/url.ts', 'export class QUrl {}')).toEqual([1]);
    expect(named('src/api/core/qurl.ts', 'export class QUrl {}\nexport abstract class QUrlQuery {}')).toEqual([2]);
    expect(named('src/api/bridge/transfer-reply.ts', 'export class TransferReply extends QNetworkReply {}')).toEqual([]);
  });
});
