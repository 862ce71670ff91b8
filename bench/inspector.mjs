// What the inspector costs the program it looks at, and how smoothly its page scrolls. Needs dist/ and chromium; takes about six minutes.
//   node bench/inspector.mjs [--minutes 2] [--rounds 5] [--seconds 15]
// Rows and frames: so many minutes at 10,000 requests a minute with the page open; half way the list is scrolled from end to end and back, and
// the browser's own trace says when it has drawn. No row may be missing at the end.
// CPU: the same pace with the inspector off, on with nobody looking, and on with the page open, taking turns in one process.
// Ends with code 1 where a row is missing, fewer than 50 frames a second are drawn, or the open page costs more than 1.25 times.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { forkServer, startOrigin } from './lib/processes.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '15' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const [minutes, rounds, seconds] = [values.minutes, values.rounds, values.seconds].map(Number);
const PER_MINUTE = 10_000;
const MOST_COST = 1.25;
const LEAST_FRAMES = 50;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const origin = await startOrigin();
const client = forkServer(new URL('lib/inspected-client.mjs', import.meta.url).pathname);
const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] });
const verdicts = [];
client.once('exit', (code) => code !== 0 && code !== null && process.exit(1));

function tell(task, options = {}) {
  return new Promise((resolve) => {
    client.once('message', resolve);
    client.send({ task, ...options });
  });
}

function judge(ok, words) {
  verdicts.push({ ok, words });
}

async function openPage() {
  const { url } = await tell('open', { mostRows: Math.max(20_000, PER_MINUTE * minutes) });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(url);
  await page.waitForSelector('.live[data-state="live"]');
  return page;
}

const count = Math.round((PER_MINUTE / 60) * seconds);
const load = { base: origin.base, count, perMinute: PER_MINUTE };

async function costs() {
  const ratios = { unseen: [], seen: [] };
  await tell('run', { ...load, perMinute: 0 });
  for (let round = 0; round < rounds; round++) {
    const off = await tell('run', load);
    await tell('open');
    const unseen = await tell('run', load);
    await tell('close');
    const page = await openPage();
    const seen = await tell('run', load);
    await page.close();
    await tell('close');
    ratios.unseen.push(unseen.cpu / off.cpu);
    ratios.seen.push(seen.cpu / off.cpu);
    const each = (run) => `${((run.cpu * 1000) / count).toFixed(0)} µs`;
    console.log(`  a request: off ${each(off)}, on ${each(unseen)}, with the page open ${each(seen)}`);
  }
  console.log(`  inspector on, nobody looks: ${median(ratios.unseen).toFixed(3)} of off`);
  const cost = median(ratios.seen);
  judge(
    cost <= MOST_COST,
    `with the page open the client uses ${cost.toFixed(3)} of its CPU with the inspector off (limit ${MOST_COST})`,
  );
}

/** Scrolls from end to end and back, a bit in each frame; gives what the trace says of frames that were drawn. */
async function frames(page) {
  const drawn = await page.locator('.rows .row').count();
  const rows = Number(await page.locator('.grid').getAttribute('aria-rowcount')) - 1;
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline.frame', '__metadata'],
  });
  const { asked, took } = await page.evaluate(async () => {
    const grid = document.querySelector('.grid');
    const began = performance.now();
    let asked = 0;
    const span = 5000;
    for (let now = began; now - began < span; now = await new Promise(requestAnimationFrame)) {
      const part = (now - began) / span;
      grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * (part < 0.5 ? 1 - 2 * part : 2 * part - 1);
      asked++;
    }
    return { asked, took: performance.now() - began };
  });
  const trace = JSON.parse((await browser.stopTracing()).toString());
  const shown = trace.traceEvents.filter(({ name }) => name === 'DrawFrame').map(({ ts }) => ts);
  const gaps = shown.slice(1).map((ts, i) => (ts - shown[i]) / 1000);
  const rate = (Math.max(0, shown.length - 1) * 1e6) / (shown.at(-1) - shown[0]);
  const p99 = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length * 0.99)];
  console.log(
    `  ${rows} rows, ${drawn} lines in the document; the page asked for ${((asked * 1000) / took).toFixed(1)} frames a second`,
  );
  console.log(`  longest gap ${Math.max(...gaps).toFixed(0)} ms, 99 of 100 below ${p99.toFixed(0)} ms`);
  console.log(
    `  the page's own work: ${(workOf(trace.traceEvents) / asked).toFixed(1)} ms of CPU a frame; load of the machine ${loadavg()[0]?.toFixed(1)}`,
  );
  judge(
    rate >= LEAST_FRAMES,
    `while scrolling, at that pace, ${rate.toFixed(1)} frames a second are drawn (limit ${LEAST_FRAMES})`,
  );
}

/** CPU milliseconds of scripts, style, layout and painting: what a busy machine does not change much. */
function workOf(events) {
  const thread = new Map(
    events.filter(({ name }) => name === 'thread_name').map(({ pid, tid, args }) => [`${pid} ${tid}`, args.name]),
  );
  const main = events.filter(
    ({ ph, pid, tid, name }) => ph === 'X' && WORK.has(name) && thread.get(`${pid} ${tid}`) === 'CrRendererMain',
  );
  main.sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  let sum = 0;
  let until = 0;
  for (const { ts, dur, tdur = 0 } of main) {
    // what is inside of another one is counted with it
    if (ts < until) continue;
    until = ts + dur;
    sum += tdur / 1000;
  }
  return sum;
}

const WORK = new Set([
  'FireAnimationFrame',
  'UpdateLayoutTree',
  'Layout',
  'PrePaint',
  'Paint',
  'Layerize',
  'Commit',
  'EventDispatch',
]);

async function whole() {
  const page = await openPage();
  const total = Math.round(PER_MINUTE * minutes);
  const ran = tell('run', { ...load, count: total });
  await page.waitForFunction((half) => Number(document.querySelector('.grid').getAttribute('aria-rowcount')) > half, total / 2, {
    timeout: minutes * 60_000,
  });
  await frames(page);
  const { wrong } = await ran;
  await page.waitForTimeout(1000);
  const text = await page.locator('.sum').innerText();
  judge(
    text.startsWith(`${total.toLocaleString('en')} requests`) && !text.includes('dropped') && wrong === 0,
    `${minutes} minutes at ${PER_MINUTE} a minute: the page has ${text} (wanted: all ${total} of them)`,
  );
  await page.close();
  const { rss } = await tell('close');
  console.log(`  resident size of the client at the end: ${Math.round(rss / 1_048_576)} MiB`);
}

try {
  if (minutes > 0) await whole();
  if (rounds > 0) await costs();
} finally {
  await browser.close();
  client.disconnect();
  origin.stop();
}
for (const { ok, words } of verdicts) console.log(`${ok ? 'ok    ' : 'FAILED'}  ${words}`);
process.exitCode = verdicts.every(({ ok }) => ok) ? 0 : 1;
