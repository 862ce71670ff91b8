import type { Machine } from './machine.ts';

/** Bytes that have passed the interfaces of a session since it was opened. */
export class SessionTraffic {
  private readonly machine: Machine;
  private way = '';
  private before = { received: 0, sent: 0 };
  private passed = { received: 0, sent: 0 };

  constructor(machine: Machine) {
    this.machine = machine;
  }

  restart(): void {
    this.way = '';
    this.passed = { received: 0, sent: 0 };
  }

  /** From here on those of this interface count; '' = of none. */
  countOn(way: string): void {
    if (way === this.way) return;
    this.passed = this.counted();
    this.way = way;
    if (way !== '') this.before = this.machine.traffic(way);
  }

  counted(): { readonly received: number; readonly sent: number } {
    if (this.way === '') return this.passed;
    const now = this.machine.traffic(this.way);
    // an interface that was made anew counts from nothing
    const received = this.passed.received + Math.max(0, now.received - this.before.received);
    return { received, sent: this.passed.sent + Math.max(0, now.sent - this.before.sent) };
  }
}
