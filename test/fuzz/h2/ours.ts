import { Wire } from '../../wire/h2/wire.ts';
import type { Outcome } from './outcome.ts';
import type { Sample } from './samples.ts';

/** What a connection of ours makes of it. Throws where it does what it must never do. */
export async function readWithOurs({ methods, pieces }: Sample): Promise<Outcome[]> {
  const wire = new Wire(null);
  const calls = methods.map((method) =>
    wire.request(null, (call) => {
      call.method = method;
    }),
  );
  await new Promise((turn) => setImmediate(turn));
  for (const piece of pieces) {
    const memory = Buffer.from(piece);
    if (!wire.stream.destroyed) wire.stream.handler.bytes(memory, memory.length);
    memory.fill(0);
    await new Promise((turn) => setImmediate(turn));
  }
  wire.stream.hangsUp();
  await new Promise((turn) => setImmediate(turn));
  const broken = (await wire.said()).some((words) => words.startsWith('GOAWAY') && words !== 'GOAWAY 0');
  const { connection, clock, stream, owner } = wire;
  const gone = owner.log.filter((what) => what === 'gone').length;
  if (gone !== 1 || connection.depth !== 0 || clock.running !== 0 || !stream.destroyed)
    throw new Error(
      `the connection is not closed as it should: gone ${gone}, depth ${connection.depth}, timers ${clock.running}`,
    );
  return calls.map((call) => {
    // two ends are found out by the call itself
    if (!call.over) throw new Error(`a request was never told its end: ${call.log.join(', ')}`);
    const answered = call.failure === null;
    return {
      answered,
      status: answered ? call.status : 0,
      fields: answered ? [...call.headers!.flat] : [],
      body: answered ? call.text : '',
      trailers: answered ? [...(call.trailers?.flat ?? [])] : [],
      broken,
      why: call.failure?.message ?? '',
    };
  });
}
