import { parentPort, workerData } from 'node:worker_threads';
import { campaign, type Range } from './campaign.ts';

/** Runs its part of a campaign, and shows which seed is under way in memory that its parent sees. */
const { range, running } = workerData as { range: Range; running: Int32Array };
const result = await campaign(range, { begins: (seed) => void Atomics.store(running, 0, seed) });
parentPort!.postMessage(result);
