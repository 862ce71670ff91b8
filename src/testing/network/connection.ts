import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import { ClientStream } from './client-stream.ts';
import { Lane, type LaneOwner, type Parcel } from './lane.ts';
import type { LinkRules, TestFaultKind } from './link.ts';
import { PeerStream } from './peer-stream.ts';

/** Both ends of one connection and the two ways between them: what one end does, the other one sees as TCP would have it. */
export class Connection implements LaneOwner {
  /** From client to server, and back. */
  readonly up: Lane;
  readonly down: Lane;
  readonly client: ClientStream;
  readonly peer: PeerStream;
  readonly rules: LinkRules;
  readonly number: number;
  readonly agenda: Agenda;
  private clientGone = false;
  private peerGone = false;
  private readonly closed: () => void;

  /** `closed` is called once, when the client is done with it. */
  constructor(
    agenda: Agenda,
    to: { readonly number: number; readonly address: string; readonly port: number; readonly rules: LinkRules },
    chance: Chance,
    closed: () => void,
  ) {
    this.agenda = agenda;
    this.number = to.number;
    this.rules = to.rules;
    this.closed = closed;
    this.up = new Lane(agenda, to.rules.up, chance.branch(0), this);
    this.down = new Lane(agenda, to.rules.down, chance.branch(1), this);
    this.client = new ClientStream(this, to.address, to.port);
    this.peer = new PeerStream(this);
  }

  // ---- LaneOwner

  arrived(lane: Lane, parcel: Parcel): void {
    const { trace } = this.agenda;
    if (lane === this.up) {
      if (typeof parcel !== 'string') {
        trace.note('to server', this.number, parcel.length);
        if (this.peerGone) return this.answerReset();
      } else trace.note('client ended', this.number, 0, parcel);
      if (parcel === 'reset') this.peer.broke();
      else this.peer.arrived();
      return;
    }
    if (typeof parcel !== 'string') {
      trace.note('to client', this.number, parcel.length);
      // nobody is there to read it
      if (this.clientGone) this.up.breakOff();
    } else trace.note('server ended', this.number, 0, parcel);
    this.client.arrived(parcel);
  }

  lost(lane: Lane, size: number): void {
    this.agenda.trace.note('lost', this.number, size, lane === this.up ? 'to server' : 'to client');
  }

  fault(lane: Lane, kind: TestFaultKind): void {
    this.agenda.trace.note('fault', this.number, 0, kind);
    const { up, down } = this;
    switch (kind) {
      case 'stall':
        return;
      case 'reset':
        up.deliver('reset');
        down.deliver('reset');
        return;
      case 'close':
        // on the way to the client the end comes right behind what has arrived, else behind what the server has sent
        if (lane === down) down.deliver('fin');
        else down.close();
        break;
      case 'vanish':
        up.sever();
        down.sever();
        return;
      case 'forget':
        down.sever();
    }
    this.peerGone = true;
    this.peer.destroy();
  }

  // ---- what the ends do

  /** The client closes its socket. */
  clientCloses(): void {
    if (this.clientGone) return;
    this.clientIsDone();
    if (this.down.holds) this.up.breakOff();
    else this.up.close();
    this.down.drop();
  }

  /** The client has heard that the connection is over, or has closed it. */
  clientIsDone(): void {
    if (this.clientGone) return;
    this.clientGone = true;
    this.agenda.trace.note('closed', this.number);
    this.closed();
  }

  /** The server closes its socket. Whose bytes it has not read is reset by its system. */
  peerCloses(unread: boolean): void {
    if (this.peerGone) return;
    this.peerGone = true;
    if (unread || this.up.holds) this.down.breakOff();
    else this.down.close();
    this.up.drop();
  }

  peerResets(): void {
    if (this.peerGone) return;
    this.peerGone = true;
    this.down.breakOff();
  }

  /** What comes for a connection that the server does not know any more. */
  private answerReset(): void {
    this.up.drop();
    const { clock } = this.agenda;
    this.agenda.at(clock.now() + this.rules.down.latency, () => this.clientGone || this.down.deliver('reset'));
  }
}
