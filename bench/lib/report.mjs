// Medians, ratios within a round, and the tables.
import { cpus, loadavg, totalmem } from 'node:os';
import { pinned } from './processes.mjs';

const REFERENCE = 'undici-dispatch';
const MiB = 1_048_576;

export function machine() {
  const cores = cpus();
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    pinned,
    load: loadavg().map((l) => Number(l.toFixed(2))),
  };
}

export function median(list) {
  const s = list.filter((x) => Number.isFinite(x)).sort((a, b) => a - b);
  if (s.length === 0) return null;
  const m = s.length >> 1;
  return s.length % 2 === 1 ? s[m] : (s[m - 1] + s[m]) / 2;
}

/** Of each client: medians per request (or MiB), and the ratio to the reference in the same round. */
export function summarise(workload, samples) {
  const per = (s) => (workload.unit === 'MiB' ? s.bytes / MiB : s.n);
  const rows = {};
  for (const [name, list] of Object.entries(samples)) {
    const good = list.filter((s) => s.error === undefined);
    const error = list.find((s) => s.error !== undefined)?.error;
    if (good.length === 0) {
      rows[name] = { error };
      continue;
    }
    const ratio = (what) =>
      median(
        good.map((s) => {
          const other = samples[REFERENCE]?.find((o) => o.round === s.round && o.error === undefined);
          return other === undefined ? Number.NaN : s[what] / per(s) / (other[what] / per(other));
        }),
      );
    rows[name] = {
      cpu: median(good.map((s) => s.cpu / per(s))),
      cpuRatio: ratio('cpu'),
      wall: median(good.map((s) => s.wall / per(s))),
      wallRatio: ratio('wall'),
      growthMiB: median(good.map((s) => (s.growth == null ? Number.NaN : s.growth / MiB))),
      rounds: good.length,
      wrong: good.reduce((sum, s) => sum + (s.wrong ?? 0), 0),
      ...(error === undefined ? {} : { error }),
      ...(good[0].marks === undefined ? {} : { marks: good[0].marks }),
    };
  }
  return rows;
}

const figure = (x, digits) => (x === null || x === undefined ? '-' : x.toFixed(digits ?? (x >= 100 ? 0 : x >= 10 ? 1 : 2)));

function table(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((r) => r[i].length)));
  return all
    .map((r) =>
      r
        .map((c, i) => (i === 0 || i === r.length - 1 ? c.padEnd(widths[i]) : c.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function printWorkload(workload, rows) {
  const unit = workload.mode === 'import' ? '' : workload.unit === 'MiB' ? '/MiB' : '/request';
  const sorted = Object.entries(rows).sort(
    (a, b) => (a[1].cpu ?? Number.POSITIVE_INFINITY) - (b[1].cpu ?? Number.POSITIVE_INFINITY),
  );
  const note = (r) =>
    [r.wrong > 0 ? `${r.wrong} wrong answers` : '', r.marks === undefined ? '' : marks(r.marks), r.error ?? '']
      .filter(Boolean)
      .join('; ')
      .split('\n')[0];
  const body = sorted.map(([name, r]) => [
    name,
    figure(r.cpu),
    figure(r.cpuRatio, 2),
    figure(r.wall),
    figure(r.wallRatio, 2),
    figure(r.growthMiB, 1),
    note(r),
  ]);
  return `\n${workload.id}: ${workload.title}\n${table(['client', `CPU us${unit}`, 'ratio', `wall us${unit}`, 'ratio', 'peak growth MiB', ''], body)}`;
}

const marks = (m) => `CPU us/request: first 1k ${figure(m['1k'])}, at 10k ${figure(m['10k'])}, at 100k ${figure(m['100k'])}`;
