// qnetwork as in ours.mjs, while all that it sends and gets is recorded for a HAR. An answer that is not in the recording counts as wrong.
import { recordHar } from '../../dist/har.js';
import { allAtOnce, inTurn } from '../lib/data.mjs';
import ours from './ours.mjs';

let recording;

/** Takes the answers for right only if the recording has grown by as many. */
async function recorded(n, work) {
  const before = recording.count;
  const tally = await work();
  return recording.count - before === n ? tally : { ...tally, ok: 0 };
}

export default {
  ...ours,
  // nothing is dropped, so that each request pays for being kept
  open: (settings) =>
    ours.open({
      ...settings,
      prepare(manager) {
        recording = recordHar(manager, { mostEntries: Number.MAX_SAFE_INTEGER, mostBytes: Number.MAX_SAFE_INTEGER });
      },
    }),
  sequence: (url, n) => recorded(n, () => inTurn(ours.get, url, n)),
  many: (url, n) => recorded(n, () => allAtOnce(ours.get, url, n)),
};
