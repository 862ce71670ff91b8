import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../scripts/house/tree.mjs';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/** A program for a process of its own, with modules of the sources beside it: they are compiled, with all that they import. */
export class FromSource implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'qnetwork-from-source-'));
  /** Path of the program. */
  readonly program: string = join(this.folder, 'program.mjs');

  /** `code` imports `./src/….js`. */
  constructor(code: string) {
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(this.program, code);
    const wanted = new Set(Array.from(importsOf(code), (path) => join(path)));
    for (const path of wanted) {
      const { outputText } = ts.transpileModule(readFileSync(`${ROOT}${path}.ts`, 'utf8'), { compilerOptions: OPTIONS });
      mkdirSync(join(this.folder, dirname(path)), { recursive: true });
      writeFileSync(join(this.folder, `${path}.js`), outputText);
      for (const one of importsOf(outputText)) wanted.add(join(dirname(path), one));
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** What a module imports of those beside it, without the extensions. */
function importsOf(code: string): Set<string> {
  return new Set(Array.from(code.matchAll(/ from ['"](\.{1,2}\/[^'"]*)\.js['"];$/gm), ([, path = '']) => path));
}
