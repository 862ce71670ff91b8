import type { QuickJSWASMModule } from 'quickjs-emscripten';

const PAGE = 65_536;
/** Named here, because its types come with those of browsers only. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (pages: { initial: number; maximum: number }) => object };
};
/** What the engine needs before it runs anything. */
const OWN_PAGES = 256;

/**
 * An engine for scripts with memory of its own, 16 MiB and so many bytes more: what one script breaks hurts no other. The limit is that of
 * WebAssembly, because QuickJS's own does not see there what was allocated before. The package is an optional peer, loaded here and nowhere
 * else.
 */
export async function newScriptEngine(memory: number): Promise<QuickJSWASMModule> {
  let loaded: typeof import('quickjs-emscripten');
  try {
    loaded = await import('quickjs-emscripten');
  } catch (problem) {
    const { code } = problem as NodeJS.ErrnoException;
    throw new Error(
      code === 'ERR_MODULE_NOT_FOUND'
        ? 'proxy scripts (PAC) need the package quickjs-emscripten, which is not installed: npm install quickjs-emscripten'
        : `the package quickjs-emscripten, which runs proxy scripts (PAC), cannot be loaded (${code ?? 'it is damaged'})`,
    );
  }
  const wasmMemory = new WebAssembly.Memory({ initial: OWN_PAGES, maximum: OWN_PAGES + Math.ceil(memory / PAGE) });
  return loaded.newQuickJSWASMModule(loaded.newVariant(loaded.RELEASE_SYNC, { wasmMemory }));
}
