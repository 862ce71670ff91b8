import { parseArgs } from 'node:util';
import { machine } from './report.mjs';

/** What benches of an overhead are asked for (`--rounds 9 --limit 1.15`); prints where they run. */
export function overheadOptions() {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '9' }, limit: { type: 'string', default: '1.15' } },
  });
  const rounds = Number(values.rounds);
  const limit = Number(values.limit);
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds wants a whole number from 1 on, not ${values.rounds}`);
  if (!(limit > 0)) throw new Error(`--limit wants a number, not ${values.limit}`);
  const { node, cpu, load } = machine();
  console.log(`Node ${node}, ${cpu}, load ${load.join(' ')}; CPU a request, medians of ${rounds} rounds`);
  return { rounds, limit };
}
