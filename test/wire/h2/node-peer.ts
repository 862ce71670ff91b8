import net from 'node:net';
import type { HeaderList } from '../../../src/base/header-list.ts';
import { SocketStream } from '../../../src/wire/dial/socket-stream.ts';
import { H2Connection } from '../../../src/wire/h2/connection.ts';
import { ManualClock } from '../../support/clock.ts';
import type { Field } from '../../support/h2-hpack.ts';
import { Call, Owner } from './wire.ts';

/** A connection of ours to a server on this machine, without anything above. */
export class NodePeer {
  private readonly connection: H2Connection;

  constructor(port: number) {
    const socket = net.connect(port, '127.0.0.1');
    this.connection = new H2Connection(new SocketStream(socket, null, null), 1, new Owner(), new ManualClock(), null);
  }

  /** The head of the answer to a GET with these fields. */
  get(fields: readonly Field[]): Promise<HeaderList> {
    return new Promise((done, failed) => {
      const call = new Call();
      call.extra = fields;
      call.meanwhile = (what) => {
        if (what === 'end') done(call.headers!);
        else if (what === 'fail') failed(new Error(call.failure!.message));
      };
      this.connection.send(call);
    });
  }

  close(): void {
    this.connection.destroy();
  }
}
