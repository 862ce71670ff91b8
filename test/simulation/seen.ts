import type { NetLogEvent, QNetworkAccessManager } from '../../src/index.ts';
import type { TestFaultKind } from '../../src/testing/network/link.ts';
import type { TestEvent } from '../../src/testing/network/trace.ts';
import { cellOf, type Phase, TABLE } from './cells.ts';
import { Course, Line } from './course.ts';
import type { Watched } from './watched.ts';

const SLOW = 1_000;
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  refused: 'refused',
  network: 'unreachable',
  timeout: 'connect timeout',
};

/** What truly went wrong, and with whom: finds the cells of fault and phase that a run has hit. */
export class Seen {
  /** No requests are made any more. */
  isClosed = false;
  readonly cells = new Set<string>();
  private readonly lines = new Map<number, Line>();
  /** Connections that stand, with the addresses they lead to. */
  private readonly standing = new Map<number, string>();
  private readonly ours = new Set<number>();
  private readonly courses = new Map<number, Course>();
  private readonly replies = new Map<number, Watched>();
  private readonly wrongs = new Map<number, string>();
  private readonly lookups: { readonly host: string; readonly at: number }[] = [];
  private readonly asked: { readonly where: string; readonly transfer: number; readonly order: number }[] = [];
  private order = 0;
  private lastConnected = 0;
  private readonly clock: { now(): number };
  private readonly proxyPorts: ReadonlySet<number> = new Set([3128, 1080]);
  /** Connections of one address that stood at once, at most; those of the manager alone. */
  readonly most = new Map<string, number>();

  constructor(clock: { now(): number }) {
    this.clock = clock;
  }

  /** Connections of the manager that stand; those that proxies have made beyond are none of its. */
  get open(): number {
    return this.standing.size;
  }

  get hits(): string[] {
    return [...this.cells];
  }

  follow(manager: QNetworkAccessManager): void {
    manager.netlog((event) => this.logged(event), { secrets: true });
  }

  /** The manager has begun to dial. */
  dialled(number: number): void {
    this.ours.add(number);
  }

  started(watched: Watched): void {
    const id = watched.reply.transferId();
    // its first entry comes inside of the call that makes it
    const course = this.courses.get(id);
    if (course !== undefined) course.watched = watched;
    else if (id > 0) this.replies.set(id, watched);
  }

  closed(): void {
    this.isClosed = true;
  }

  // ---- what others do

  wronged(id: number, fault: string): void {
    this.wrongs.set(id, fault);
  }

  strike(_fault: TestFaultKind): void {
    for (const number of this.standing.keys()) this.hitLine('strike', number);
  }

  /** Something happens to all that is there. */
  everywhere(fault: string): void {
    for (const course of this.courses.values()) if (!course.over) this.hit(fault, course.phase);
    for (const number of this.standing.keys())
      if (this.lines.get(number)?.phase === 'idle connection') this.hitLine(fault, number);
  }

  /** A user ends a reply. */
  ended({ reply }: Watched): void {
    const course = this.courses.get(reply.transferId());
    if (course !== undefined && !course.over) this.hit('abort', course.phase);
  }

  // ---- the netlog

  private logged(event: NetLogEvent): void {
    const { transfer, what, detail = {} } = event;
    let course = this.courses.get(transfer);
    if (course === undefined) {
      course = new Course(this.replies.get(transfer) ?? null);
      this.courses.set(transfer, course);
    }
    if (what === 'request-head')
      this.asked.push({ where: course.watched?.plan.steps[0]?.site.url ?? '', transfer, order: ++this.order });
    if (what === 'head') this.answered(transfer);
    if (what === 'auth' && String(detail['peer']).includes('proxy')) this.hit('proxy asks', 'proxy');
    if (what === 'fail' || what === 'again') this.failed(course, String(detail['kind']));
    if (what === 'end' && course.phase === 'body' && course.pieces === 1) this.hit('merged', 'head');
    if (what === 'end' && course.phase === 'body' && course.pieces > 1) this.ends(course);
    course.hear(event, this.lines);
  }

  private failed({ watched, phase }: Course, kind: string): void {
    if (kind === 'timeout') this.hit('timeout', phase);
    if (kind.startsWith('proxy-')) this.hit('proxy refuses', 'proxy');
    const wrong = this.wrongs.get(watched?.plan.id ?? -1);
    if (wrong === undefined || kind === 'canceled' || kind === 'redirect') return;
    this.wrongs.delete(watched!.plan.id);
    this.hit(wrong, wrong === 'malformed head' && phase === 'waiting' ? 'head' : phase);
  }

  /** Whoever was asked earlier at the same place has not answered yet. */
  private answered(transfer: number): void {
    const at = this.asked.findIndex((one) => one.transfer === transfer);
    if (at < 0) return;
    const { where } = this.asked[at]!;
    if (this.asked.slice(0, at).some((one) => one.where === where)) this.hit('reordered', 'waiting');
    this.asked.splice(at, 1);
  }

  private readonly lastPiece = new Map<Line, number>();

  /** The ends of two answers came in one piece. */
  private ends({ line }: Course): void {
    if (line === null) return;
    if (this.lastPiece.get(line) === line.downPieces) this.hit('merged', 'body');
    this.lastPiece.set(line, line.downPieces);
  }

  // ---- the network

  event({ what, connection, bytes, detail }: TestEvent): void {
    if (connection === 0) return this.lookedUp(what, detail);
    if (what === 'not secured') this.hitLine(`tls ${detail}`, connection, this.lines.has(connection) ? null : 'tls');
    if (!this.ours.has(connection) && what !== 'connect') return;
    switch (what) {
      case 'connected':
        return this.connected(connection, detail);
      case 'not connected':
        return this.hit(NOT_CONNECTED[detail] ?? detail, this.proxied(connection) ? 'proxy' : 'connect');
      case 'connect':
        this.wheres.set(connection, { where: detail, at: this.clock.now() });
        return;
      case 'closed':
        this.standing.delete(connection);
        return;
      case 'fault':
        if (detail !== 'reset' && detail !== 'close') this.hitLine(detail, connection);
        return;
      case 'server ended':
        return this.hitLine(detail === 'fin' ? 'close' : 'reset', connection);
      case 'lost':
        return this.hitLine('lost', connection);
      case 'to server':
      case 'to client':
        return this.moved(connection, bytes, what === 'to server');
    }
  }

  private readonly wheres = new Map<number, { readonly where: string; readonly at: number }>();

  private portOf(number: number): number {
    return Number(/port (\d+)$/.exec(this.wheres.get(number)?.where ?? '')?.[1] ?? 0);
  }

  private proxied(number: number): boolean {
    return this.proxyPorts.has(this.portOf(number));
  }

  private connected(number: number, where: string): void {
    const port = this.portOf(number);
    this.lines.set(number, new Line(number, port, this.proxyPorts.has(port)));
    this.standing.set(number, where);
    const now = [...this.standing.values()].filter((one) => one === where).length;
    this.most.set(where, Math.max(now, this.most.get(where) ?? 0));
    if (number < this.lastConnected) this.hit('reordered', 'connect');
    this.lastConnected = Math.max(number, this.lastConnected);
    if (this.clock.now() - this.wheres.get(number)!.at >= SLOW / 2) this.hit('slow', 'connect');
  }

  private moved(number: number, bytes: number, up: boolean): void {
    const line = this.lines.get(number);
    if (line === undefined) return;
    const now = this.clock.now();
    const before = up ? line.lastUp : line.lastDown;
    const slow = before >= 0 && now - before >= SLOW;
    for (const course of this.on(line)) {
      const { phase } = course;
      const sending = phase === 'sending head' || phase === 'sending body';
      if (slow && sending === up) this.hit('slow', phase);
      if (up === sending && (up ? line.upPieces : course.pieces) > 0 && phase !== 'waiting') this.hit('split', phase);
    }
    if (!line.carried && line.downPieces > 0 && !up) this.hit('split', line.phase);
    if (up) {
      line.up += bytes;
      line.upPieces++;
      line.lastUp = now;
    } else {
      line.down += bytes;
      line.downPieces++;
      line.lastDown = now;
    }
  }

  private lookedUp(what: TestEvent['what'], host: string): void {
    if (what === 'look up') return void this.lookups.push({ host, at: this.clock.now() });
    const at = this.lookups.findIndex((one) => one.host === host);
    const took = this.clock.now() - (this.lookups[at]?.at ?? 0);
    if (at > 0) this.hit('reordered', 'resolve');
    this.lookups.splice(at, 1);
    if (what === 'not found') this.hit(took >= 3_000 ? 'dns silent' : 'dns not found', 'resolve');
    else if (took >= SLOW) this.hit('dns late', 'resolve');
  }

  // ---- hits

  private on(line: Line): Course[] {
    return [...this.courses.values()].filter((course) => !course.over && course.line === line);
  }

  private hitLine(fault: string, number: number, otherwise: Phase | null = null): void {
    const line = this.lines.get(number);
    if (line === undefined) return otherwise === null ? undefined : this.hit(fault, otherwise);
    const courses = this.on(line);
    for (const { phase } of courses) this.hit(fault, phase);
    if (courses.length === 0) this.hit(fault, line.phase);
  }

  private hit(fault: string, phase: Phase): void {
    if (TABLE[fault]?.includes(phase) === true) this.cells.add(cellOf(fault, phase));
  }
}
