// The thread that a proxy script runs in: no loop inside of the engine, whatever it is, holds up anybody else. See thread.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import type { PacCall } from './calls.ts';
import { newScriptEngine } from './quickjs.ts';
import { Sandbox } from './sandbox.ts';

const { script, memory } = workerData as { script: string; memory: number };
const port = parentPort!;

try {
  const sandbox = new Sandbox(await newScriptEngine(memory), script, systemClock.now);
  port.on('message', (call: PacCall) => port.postMessage(sandbox.run(call)));
  port.postMessage('ready');
} catch (problem) {
  port.postMessage({ kind: 'problem', message: (problem as Error).message, broken: true });
}
