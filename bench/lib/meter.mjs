// What a piece of work cost this process: CPU of all its threads, time on the clock, growth of memory.
import { readFileSync, writeFileSync } from 'node:fs';

/** A field of /proc/self/status in bytes; undefined where there is no such file. */
function status(field) {
  try {
    const line = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
    return Number(line[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** Makes the peak start from what is used now. Linux only; elsewhere the peak is that of the whole process. */
function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then the figure is an upper bound.
  }
}

export function startMeter() {
  resetPeak();
  const memory = status('VmRSS') ?? process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const clock = process.hrtime.bigint();
  return () => {
    const wall = Number(process.hrtime.bigint() - clock) / 1e3;
    const used = process.cpuUsage(cpu);
    const peak = status('VmHWM') ?? process.memoryUsage.rss();
    return { wall, cpu: used.user + used.system, growth: Math.max(0, peak - memory) };
  };
}
