import type { Clock } from '../../contract/clock.ts';
import type * as Api from '../../index.ts';
import type { Plan } from './args.ts';
import { makePaint } from './bars.ts';
import { EXIT_LOCAL_FILE, EXIT_OK } from './exit-codes.ts';
import { LocalFileError } from './local-file.ts';
import { loadHeaders, loadPayload, type Payload } from './payload.ts';
import { Progress } from './progress.ts';
import { setProxy } from './proxying.ts';
import { Remembering } from './remembering.ts';
import { errorLines, jsonDocument, savedLine, summaryLine } from './report.ts';
import { Screen } from './screen.ts';
import { OutputTurns } from './sinks.ts';
import type { Target } from './targets.ts';
import { jsonLine, printable } from './text.ts';
import { carry, type Outcome } from './transfer.ts';
import { managerFor } from './trusting.ts';
import { UsageError } from './usage-error.ts';
import { describeEvent } from './verbose.ts';
import { Watch } from './watch.ts';

/** The streams, the clock and the manners of the place the tool runs in. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly clock: Clock;
  readonly env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined };
  readonly userAgent: string;
}

/** A signal or a closed pipe ends everything; `exit` is then the exit code. */
export interface Interruption {
  exit: number | null;
  onInterrupt: (() => void) | null;
}

/** Runs a plan to its end and returns the exit code. Throws UsageError and LocalFileError for what is wrong before anything starts. */
export async function run(api: typeof Api, plan: Plan, around: Surroundings, interruption: Interruption): Promise<number> {
  const session = new Session(api, plan, around, interruption);
  await session.prepare();
  return session.runAll();
}

class Session {
  private readonly api: typeof Api;
  private readonly plan: Plan;
  private readonly around: Surroundings;
  private readonly interruption: Interruption;
  private readonly manager: Api.QNetworkAccessManager;
  private remembering: Remembering | null = null;
  private readonly screen: Screen;
  private readonly progress: Progress | null;
  private readonly turns: OutputTurns;
  private readonly watch = new Watch();
  private readonly running = new Set<Api.QNetworkReply>();
  private headers: readonly { name: string; value: string }[] = [];
  private payload: Payload | null = null;

  constructor(api: typeof Api, plan: Plan, around: Surroundings, interruption: Interruption) {
    this.api = api;
    this.plan = plan;
    this.around = around;
    this.interruption = interruption;
    this.manager = managerFor(api, plan.tls);
    setProxy(api, this.manager, plan.proxy);
    this.turns = new OutputTurns(around.stdout);
    const bars = plan.progress && showsBars(plan, around);
    this.screen = new Screen(around.stderr, bars);
    const paint = makePaint(bars && !around.env.NO_COLOR);
    const files = plan.targets.some((target) => target.destination.kind === 'file');
    // A pipe stays quiet; a file that takes long gets a line now and then.
    const follows = bars || (plan.progress && files);
    this.progress = follows ? new Progress(this.screen, around.clock, paint, bars, plan.targets.length) : null;
  }

  /** Everything that can be wrong before the first byte. */
  async prepare(): Promise<void> {
    const { plan, api } = this;
    for (const { url } of plan.targets) {
      const parsed = new api.QUrl(url);
      if (!parsed.isValid()) throw new UsageError(`'${url}' is no URL: ${parsed.errorString()}`);
    }
    this.headers = loadHeaders(plan.headers);
    this.remembering = new Remembering(api, this.manager, plan.stores);
    if (plan.body !== null) {
      const openFile = (path: string): Api.QFile => this.openFile(path);
      this.payload = await loadPayload(plan.body, plan.targets.length, { stdin: this.around.stdin, openFile });
    }
  }

  async runAll(): Promise<number> {
    const { plan, interruption } = this;
    interruption.onInterrupt = () => this.abortAll();
    const stopListening = this.manager.netlog((event) => this.watch.take(event), { secrets: true });
    const exits: number[] = new Array(plan.targets.length).fill(EXIT_OK);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < plan.targets.length && interruption.exit === null) {
        const index = next++;
        exits[index] = await this.runOne(index, plan.targets[index]!);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(plan.parallel, plan.targets.length) }, lane));
    } finally {
      // After an error in one lane the others must not go on behind its back.
      this.abortAll();
      stopListening();
    }
    const kept = await this.keep();
    return interruption.exit ?? [...exits, kept].find((exit) => exit !== EXIT_OK) ?? EXIT_OK;
  }

  /** What is to be remembered is written; the exit code of that. */
  private async keep(): Promise<number> {
    try {
      await this.remembering?.keep();
      return EXIT_OK;
    } catch (error) {
      if (!(error instanceof LocalFileError)) throw error;
      if (!this.plan.silent) this.screen.line(printable(`qnam: ${error.message}`));
      return EXIT_LOCAL_FILE;
    }
  }

  private async runOne(index: number, target: Target): Promise<number> {
    const { plan, around, screen } = this;
    const startedAt = around.clock.now();
    const source = this.payload?.() ?? null;
    const reply = this.send(this.makeRequest(target.url), source);
    this.running.add(reply);
    const prefix = plan.targets.length > 1 ? `[${index + 1}] ` : '';
    const watched = this.watch.follow(
      () => reply.transferId(),
      (event) => {
        if (!plan.verbose) return;
        for (const line of describeEvent(event, plan.showSecrets)) screen.line(prefix + line);
      },
    );
    const unfollow = this.progress?.follow(labelOf(target), reply);
    const errorNames = this.api.QNetworkReply.NetworkError;
    const outcome = await carry(reply, { index, target, plan, turns: this.turns, errorNames, watched });
    unfollow?.();
    this.running.delete(reply);
    if (source instanceof this.api.QFile) source.close();
    if (plan.verbose) screen.line(prefix + summaryLine(outcome, watched));
    if (this.interruption.exit === null) this.tell(outcome, around.clock.now() - startedAt);
    if (plan.json) this.print(`${jsonLine(jsonDocument(outcome, plan.method, watched, plan.showSecrets))}\n`);
    reply.deleteLater();
    return outcome.exit;
  }

  private tell(outcome: Outcome, milliseconds: number): void {
    const { plan, screen } = this;
    if (plan.silent) return;
    if (outcome.exit !== EXIT_OK) for (const line of errorLines(outcome, plan.showSecrets)) screen.line(line);
    if (outcome.saved !== null && plan.progress) screen.line(savedLine(outcome, milliseconds));
  }

  private print(text: string): void {
    this.screen.clear();
    this.around.stdout.write(text);
  }

  private makeRequest(url: string): Api.QNetworkRequest {
    const { api, plan } = this;
    const request = new api.QNetworkRequest(new api.QUrl(url));
    const headers = new api.QHttpHeaders();
    const has = (name: string): boolean => this.headers.some((field) => field.name.toLowerCase() === name);
    if (!has('user-agent')) headers.append('User-Agent', this.around.userAgent);
    if (plan.body !== null && !has('content-type')) headers.append('Content-Type', plan.body.contentType);
    for (const { name, value } of this.headers) headers.append(name, Buffer.from(value));
    request.setHeaders(headers);
    if (plan.redirects > 0) request.setMaximumRedirectsAllowed(plan.redirects);
    else request.setAttribute(api.QNetworkRequest.Attribute.RedirectPolicyAttribute, api.QNetworkRequest.ManualRedirectPolicy);
    const { HighPriority, NormalPriority, LowPriority } = api.QNetworkRequest.Priority;
    request.setPriority({ high: HighPriority, normal: NormalPriority, low: LowPriority }[plan.priority]);
    return request;
  }

  private send(request: Api.QNetworkRequest, data: ReturnType<Payload> | null): Api.QNetworkReply {
    const { manager, plan } = this;
    const options = { timeout: plan.timeouts, cache: plan.stores.cacheMode };
    switch (plan.command.name) {
      case 'get':
        return manager.get(request, options);
      case 'head':
        return manager.head(request, options);
      case 'post':
        return manager.post(request, data, options);
      case 'put':
        return manager.put(request, data, options);
      case 'delete':
        return manager.deleteResource(request, options);
      case 'request':
        return manager.sendCustomRequest(request, plan.method, data, options);
    }
  }

  private openFile(path: string): Api.QFile {
    const file = new this.api.QFile(path);
    if (!file.open(this.api.QIODevice.OpenModeFlag.ReadOnly))
      throw new LocalFileError('read', path, { message: file.errorString() });
    return file;
  }

  private abortAll(): void {
    this.progress?.stop();
    for (const reply of this.running) reply.abort();
  }
}

/** Bars need a terminal of their own: not one that shows the bodies, or documents, at the same time. */
function showsBars(plan: Plan, { stdout, stderr, env }: Surroundings): boolean {
  if (!stderr.isTTY || env.TERM === 'dumb') return false;
  const prints = plan.targets.some((target) => target.destination.kind === 'stdout');
  return plan.json || !prints || !stdout.isTTY;
}

function labelOf({ url, destination }: Target): string {
  return destination.kind === 'file' ? destination.path : url.replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?/i, '');
}
