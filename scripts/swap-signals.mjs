// @ts-check
// Swaps every two neighbouring signals of every row of test/life/signal-rows.ts and signal-calls.ts, one pair at a time, and expects the
// row's comparison to notice: npm run check:signal-order. The exit code is 1 when a swap was not noticed.
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const loader = await createViteServer({
  configFile: false,
  root: fileURLToPath(new URL('..', import.meta.url)),
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
  appType: 'custom',
  logLevel: 'error',
});
try {
  const { swapAll } = /** @type {typeof import('../test/life/swaps.ts')} */ (await loader.ssrLoadModule('/test/life/swaps.ts'));
  const started = performance.now();
  const { rows, swaps, noticed, alike, survivors } = await swapAll();
  for (const line of alike) console.log(`not swapped: ${line}`);
  for (const line of survivors) console.log(`SURVIVED: ${line}`);
  console.log(`${rows} rows, ${swaps} swaps, ${noticed} noticed (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  process.exitCode = survivors.length === 0 && noticed === swaps ? 0 : 1;
} finally {
  await loader.close();
}
