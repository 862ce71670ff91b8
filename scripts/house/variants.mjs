// @ts-check
// The programs of a guide in the other ways in which a package is used: TypeScript, require(), and each entry by itself.

/** A name for a program of a guide, `first.mjs`, as another kind of file. @param {string} name @param {string} end */
const renamed = (name, end) => name.replace(/\.mjs$/, end);

/**
 * An ES module as one that calls `require`: what it awaits is within a function.
 * @param {string} code
 */
export function withRequire(code) {
  const imports = /^import (\{[^}]*\}) from ('[^']+');$/gm;
  const required = Array.from(code.matchAll(imports), ([, names, from]) => `const ${names} = require(${from});`);
  const body = code.replace(imports, '').trim();
  if (/^import /m.test(body)) throw new Error(`an import that cannot be written as require(): ${/^import .*/m.exec(body)?.[0]}`);
  return `${required.join('\n')}\n\nasync function main() {\n${body}\n}\nmain();\n`;
}

/**
 * @typedef {{ title: string, folder: string, files: [name: string, text: string][], command: (script: string) => string }} Variant
 * @param {import('./guide.mjs').FileStep[]} programs @returns {{ typed: Variant, compiled: Variant, required: Variant }}
 */
export function variantsOf(programs) {
  /** @param {string} end @param {(code: string) => string} made */
  const files = (end, made) =>
    programs.map(({ name, text }) => /** @type {[string, string]} */ ([renamed(name, end), made(text)]));
  /** @param {string} end @param {string} [folder] @returns {Variant['command']} */
  const command =
    (end, folder = '') =>
    (script) =>
      script.replace(/\bnode (\w+)\.mjs\b/g, `node ${folder}$1${end}`);
  const same = files('.mts', (text) => text);
  return {
    typed: { title: 'TypeScript as it is', folder: 'typed', files: same, command: command('.mts') },
    compiled: { title: 'TypeScript, compiled', folder: 'compiled', files: same, command: command('.mjs', 'built/') },
    required: { title: 'require()', folder: 'required', files: files('.cjs', withRequire), command: command('.cjs') },
  };
}

/** What TypeScript is told, by the way in which it looks for packages. */
export const TSCONFIGS = {
  nodenext: { module: 'nodenext', outDir: 'built' },
  bundler: { module: 'esnext', moduleResolution: 'bundler', noEmit: true },
};

/** @param {object} options */
export const tsconfig = (options) =>
  JSON.stringify({ compilerOptions: { target: 'es2023', types: ['node'], strict: true, ...options }, include: ['*.mts'] });

/**
 * A request with each entry of the package; `q` is the entry, `qnetwork` the first of them, `url` a page that says `Hello from the server.`
 * @type {Record<string, string>}
 */
const REQUESTS = {
  qnetwork: 'return (await new q.QNetworkAccessManager().get(url).text()).trim();',
  'qnetwork/fetch': 'return (await (await q.createFetch()(url)).text()).trim();',
  'qnetwork/dispatcher': `const dispatcher = q.createDispatcher();
    const text = await (await fetch(url, { dispatcher })).text();
    await dispatcher.close();
    return text.trim();`,
  'qnetwork/har': `const manager = new qnetwork.QNetworkAccessManager();
    const recording = q.recordHar(manager);
    await manager.get(url).text();
    return recording.stop().log.entries[0].response.content.text.trim();`,
  'qnetwork/inspector': `const manager = new qnetwork.QNetworkAccessManager();
    const inspector = await q.startInspector(manager);
    const page = await fetch(inspector.url);
    await inspector.close();
    return page.ok ? (await manager.get(url).text()).trim() : page.status;`,
  'qnetwork/doctor': `const { works } = await q.diagnose(url);
    return works ? 'Hello from the server.' : 'It says that the server does not work.';`,
  'qnetwork/testing': `const server = await q.createTestServer({ routes: { '/': { body: 'Hello from the server.' } } });
    const text = await new qnetwork.QNetworkAccessManager().get(server.url('/')).text();
    await server.close();
    return text;`,
};

/**
 * A program that takes each entry by import() and by require(), compares the two, and makes a request with each.
 * @param {readonly string[]} entries the entries that the package has @param {string} url
 */
export function entriesProgram(entries, url) {
  const unknown = entries.filter((entry) => REQUESTS[entry] === undefined);
  if (unknown.length > 0) throw new Error(`no request is made with ${unknown.join(', ')}: please add it to REQUESTS`);
  const rows = entries.map((entry) => `  [${JSON.stringify(entry)}, async (q, qnetwork) => {\n    ${REQUESTS[entry]}\n  }],`);
  return `const url = ${JSON.stringify(url)};
const entries = [
${rows.join('\n')}
];
async function main() {
  for (const [entry, request] of entries) {
    const required = require(entry);
    const imported = await import(entry);
    const names = (q) => Object.keys(q).filter((name) => name !== 'module.exports').sort().join();
    if (names(required) !== names(imported) || names(imported) === '') throw new Error('import and require differ: ' + entry);
    console.log(entry, 'required:', await request(required, require('qnetwork')));
    console.log(entry, 'imported:', await request(imported, await import('qnetwork')));
  }
}
main();
`;
}

/** What that program prints. @param {readonly string[]} entries */
export const entriesPrint = (entries) =>
  entries.map((entry) => ['required', 'imported'].map((how) => `${entry} ${how}: Hello from the server.\n`).join('')).join('');
