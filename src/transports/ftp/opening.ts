import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';
import { featuresOf } from '../../rules/ftp/facts.ts';
import { refusalOf } from '../../rules/ftp/refusal.ts';
import type { Reply } from '../../rules/ftp/reply.ts';
import { Dial, type DialEvents, type DialTools } from '../../wire/dial/dial.ts';
import { Sessions } from '../../wire/dial/sessions.ts';
import { Control, type ControlOwner } from './control.ts';
import { NegotiatingNetwork } from './negotiation.ts';
import type { Site } from './site.ts';

export interface OpeningEvents extends Omit<DialEvents, 'done'> {
  /** The connection stands, and nothing that is secret was said on it. */
  connected(stream: ByteStream): void;
  /** Who we are was accepted. */
  opened(control: Control): void;
  /** Who we are was not accepted. */
  refused(problem: Failure): void;
}

/** Opens a control connection: dial, greeting, TLS, login, and what the server can do. */
export class Opening implements ControlOwner {
  private readonly site: Site;
  private readonly tools: DialTools;
  private readonly events: OpeningEvents;
  private readonly number: number;
  private readonly dial: Dial;
  private readonly sessions: Sessions;
  private control: Control | null = null;
  private over = false;

  constructor(site: Site, tools: DialTools, number: number, events: OpeningEvents) {
    this.site = site;
    this.tools = tools;
    this.number = number;
    this.events = events;
    const { route, place } = site;
    // a server accepts on its data connections the session of their own control connection and no other
    this.sessions = new Sessions(tools.clock, true);
    const network = route.secure ? new NegotiatingNetwork(tools.network, route.key, place) : tools.network;
    this.dial = new Dial(
      route,
      [],
      { ...tools, network, sessions: this.sessions },
      { ...events, done: (stream) => this.stands(stream), failed: (problem) => this.fail(problem) },
    );
  }

  start(): void {
    this.dial.start();
  }

  /** Gives up; no event comes any more. */
  cancel(): void {
    this.over = true;
    this.dial.cancel();
    this.control?.destroy();
  }

  lost(problem: Failure): void {
    this.fail(problem);
  }

  private stands(stream: ByteStream): void {
    const { place, route } = this.site;
    const control = new Control(stream, this.number, place, this.sessions, this.tools.clock);
    control.owner = this;
    this.control = control;
    this.events.connected(stream);
    if (this.over) return;
    if (route.secure) this.login(control);
    else
      control.hear((reply) => {
        if (reply.code < 200) return;
        if (reply.code === 220) this.login(control);
        else this.fail(refusalOf(reply, 'greeting', place));
      });
  }

  private ask(command: string, then: (reply: Reply) => void): void {
    this.control!.say(command, (reply) => {
      if (!this.over && reply.code >= 200) then(reply);
    });
  }

  private login(control: Control): void {
    const { user, password } = this.site.credentials;
    this.ask(`USER ${octets(user)}`, (named) => {
      if (named.code !== 331) return this.loggedIn(named, control);
      this.ask(`PASS ${octets(password)}`, (reply) => this.loggedIn(reply, control));
    });
  }

  private loggedIn(reply: Reply, control: Control): void {
    const { place, route } = this.site;
    const { code } = reply;
    if (code === 230 || code === 202 || code === 232) return route.secure ? this.protect(control) : this.look(control);
    if (code === 332) {
      return this.fail(failure('auth', 'connect', `${place} wants to be told an account (332), which an ftp URL cannot name`));
    }
    const problem = refusalOf(reply, 'login', place);
    if (problem.kind === 'auth') this.end(() => this.events.refused(problem));
    else this.fail(problem);
  }

  /** Data goes over TLS as well (RFC 4217 9): where it cannot, nothing goes. */
  private protect(control: Control): void {
    this.ask('PBSZ 0', () =>
      this.ask('PROT P', (reply) => {
        if (reply.code === 200) this.look(control);
        else this.fail(refusalOf(reply, 'tls', this.site.place));
      }),
    );
  }

  private look(control: Control): void {
    this.ask('FEAT', (reply) => {
      control.features = featuresOf(reply);
      // some write file names in UTF-8 only when told to, whatever RFC 2640 says
      if (control.features?.has('UTF8') === true) this.ask('OPTS UTF8 ON', () => this.ready(control));
      else this.ready(control);
    });
  }

  private ready(control: Control): void {
    this.over = true;
    control.owner = null;
    this.events.opened(control);
  }

  private fail(problem: Failure): void {
    this.end(() => this.events.failed(problem));
  }

  private end(tell: () => void): void {
    if (this.over) return;
    this.over = true;
    this.control?.destroy();
    tell();
  }
}

/** UTF-8, one character an octet. */
function octets(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
