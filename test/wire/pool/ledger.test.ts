import { describe, expect, it } from 'vitest';
import { type Action, type Entry, Ledger, type Waiter } from '../../../src/wire/pool/ledger.ts';

class Connection implements Entry {
  depth = 0;
  served = 0;
  persistent = false;
  personal = false;
  multiplexed = false;
  roomy = false;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

interface Client extends Waiter {
  readonly name: string;
}

type Wish = Partial<Pick<Client, 'priority' | 'pipelining' | 'fresh' | 'preconnect'>>;

const client = (name: string, wish: Wish = {}): Client => ({
  name,
  waiting: false,
  dialed: false,
  priority: 1,
  pipelining: false,
  fresh: false,
  preconnect: false,
  ...wish,
});

/** A ledger and somebody who does what it says, in words. */
class Books {
  readonly ledger: Ledger<Connection, Client>;
  readonly log: string[] = [];
  readonly dials: Client[] = [];
  readonly busy: Connection[] = [];
  /** Who takes a connection that is not for everybody. */
  accepts: (name: string) => boolean = () => false;
  private count = 0;

  constructor(limit = 6) {
    this.ledger = new Ledger(limit);
  }

  add(...clients: Client[]): this {
    for (const c of clients) this.ledger.enqueue(c);
    return this.work();
  }

  work(): this {
    for (let action: Action = this.ledger.next(); action !== 'none'; action = this.ledger.next()) {
      const { connection, waiter } = this.ledger;
      if (action === 'lend') {
        this.log.push(`${waiter!.name} on ${connection!.name}`);
        if (waiter!.preconnect) this.ledger.freed(connection!);
        else if (connection!.depth++ === 0) this.busy.push(connection!);
      } else if (action === 'dial') {
        this.log.push(`dial for ${waiter!.name}`);
        this.dials.push(waiter!);
      } else if (action === 'offer') {
        const taken = this.accepts(waiter!.name) && this.ledger.take(connection!, waiter!);
        this.log.push(`${connection!.name} offered to ${waiter!.name}${taken ? ', taken' : ''}`);
        if (taken && connection!.depth++ === 0) this.busy.push(connection!);
      } else {
        this.log.push(`evict ${connection!.name}`);
        this.ledger.closed(connection!);
      }
    }
    return this;
  }

  /** A dial succeeds: the oldest, or the one in that name. */
  open(name?: string): Connection {
    const at = name === undefined ? 0 : this.dials.findIndex((c) => c.name === name);
    const [owner] = this.dials.splice(at, 1);
    const connection = new Connection(`c${++this.count}`);
    this.ledger.opened(connection, owner!);
    this.work();
    return connection;
  }

  /** A dial ends with a connection that is for its owner. */
  openPersonal(): Connection {
    const owner = this.dials.shift()!;
    const connection = new Connection(`c${++this.count}`);
    connection.personal = true;
    connection.depth = 1;
    this.busy.push(connection);
    this.ledger.openedFor(connection, owner);
    this.log.push(`${owner.name} on ${connection.name}`);
    this.work();
    return connection;
  }

  /** All exchanges on the connection end well. */
  free(connection: Connection): this {
    connection.served += connection.depth;
    connection.depth = 0;
    this.busy.splice(this.busy.indexOf(connection), 1);
    this.ledger.freed(connection);
    return this.work();
  }

  /** What happened since the last look. */
  get news(): string[] {
    return this.log.splice(0);
  }
}

/** Books with idle connections c1, c2, …, each of which has served something. */
function warm(count: number, limit = 6): Books {
  const books = new Books(limit);
  for (let i = 0; i < count; i++) books.add(client(`warm${i}`));
  const open = Array.from({ length: count }, () => books.open());
  for (const connection of open) books.free(connection);
  books.log.length = 0;
  return books;
}

describe('the ledger', () => {
  it('dials for each waiter up to the limit, in their own names', () => {
    const books = new Books(3).add(...'abcde'.split('').map((name) => client(name)));
    expect(books.news).toEqual(['dial for a', 'dial for b', 'dial for c']);
    expect(books.ledger).toMatchObject({ dialing: 3, waiting: 5 });
  });

  it('forgets who was served', () => {
    const books = warm(1).add(client('a'));
    expect(books.ledger).toMatchObject({ waiter: null, connection: null });
  });

  const limits: [limit: number, waiters: number, dials: number][] = [
    [6, 1, 1],
    [6, 6, 6],
    [6, 20, 6],
    [1, 20, 1],
    [2, 20, 2],
    [50, 20, 20],
  ];
  for (const [limit, waiters, dials] of limits) {
    it(`${waiters} waiters and a limit of ${limit} make ${dials} dials`, () => {
      const books = new Books(limit).add(...Array.from({ length: waiters }, (_, i) => client(`w${i}`)));
      expect(books.news).toHaveLength(dials);
      for (let i = 0; i < dials; i++) books.open();
      expect(books.ledger.standing.size).toBe(dials);
      expect(books.busy).toHaveLength(Math.min(waiters, dials));
    });
  }

  it('never exceeds the limit while connections come, go and fail', () => {
    const books = new Books(4);
    let next = 0;
    for (let round = 0; round < 200; round++) {
      books.add(client(`w${next++}`, { fresh: round % 7 === 0, priority: (round % 3) as 0 | 1 | 2 }));
      if (round % 3 === 0 && books.dials.length > 0) books.open();
      if (round % 5 === 0 && books.busy.length > 0) books.free(books.busy[0]!);
      if (round % 11 === 0 && books.dials.length > 0) books.ledger.dialEnded(books.dials.pop()!);
      books.work();
      expect(books.ledger.standing.size + books.ledger.dialing).toBeLessThanOrEqual(4);
    }
  });

  it('lends in the order of asking, high before normal before low', () => {
    const books = new Books(1);
    const rows: [string, 0 | 1 | 2][] = [
      ['low1', 2],
      ['normal1', 1],
      ['high1', 0],
      ['low2', 2],
      ['normal2', 1],
      ['high2', 0],
    ];
    books.add(...rows.map(([name, priority]) => client(name, { priority })));
    expect(books.news).toEqual(['dial for high1']);
    const connection = books.open();
    for (let i = 0; i < 5; i++) books.free(connection);
    expect(books.news).toEqual(['high1', 'high2', 'normal1', 'normal2', 'low1', 'low2'].map((name) => `${name} on c1`));
  });

  it('lends the connection that rested least', () => {
    const books = warm(3);
    books.add(client('a'), client('b'));
    expect(books.news).toEqual(['a on c3', 'b on c2']);
  });

  it('forgets who withdraws, wherever he stands', () => {
    const books = new Books(1);
    const clients = 'abcdef'.split('').map((name) => client(name));
    books.add(...clients);
    for (const at of [0, 2, 5]) books.ledger.withdraw(clients[at]!);
    books.ledger.withdraw(clients[2]!);
    expect(books.ledger.waiting).toBe(3);
    const connection = books.open();
    for (let i = 0; i < 3; i++) books.free(connection);
    expect(books.news.slice(1)).toEqual(['b on c1', 'd on c1', 'e on c1']);
    expect(books.ledger.empty).toBe(false);
    books.ledger.closed(connection);
    expect(books.ledger.empty).toBe(true);
  });

  it('puts who lost his turn before the others, in the order of coming back', () => {
    const books = new Books(1);
    books.add(client('a'), client('b'));
    books.ledger.enqueueReturned(client('x'));
    books.ledger.enqueueReturned(client('y'));
    books.ledger.enqueueReturned(client('h', { priority: 0 }));
    const connection = books.open();
    for (let i = 0; i < 5; i++) books.free(connection);
    expect(books.news.filter((line) => line.includes(' on '))).toEqual(['h', 'x', 'y', 'a', 'b'].map((name) => `${name} on c1`));
  });

  it('gives a connection that was dialled for one to whom is first in line, and keeps count', () => {
    const books = new Books().add(client('a'), client('b'));
    books.open('b');
    expect(books.news).toEqual(['dial for a', 'dial for b', 'a on c1']);
    // the dial in a's name serves b now: no third one
    expect(books.ledger).toMatchObject({ dialing: 1, waiting: 1 });
    books.open('a');
    expect(books.news).toEqual(['b on c2']);
  });

  it('dials again for somebody else when a dial ends without a connection', () => {
    const books = new Books(1);
    const [a, b] = [client('a'), client('b')];
    books.add(a, b);
    books.ledger.dialEnded(a);
    books.ledger.withdraw(a);
    books.work();
    expect(books.news).toEqual(['dial for a', 'dial for b']);
  });

  describe('a waiter that wants an unused connection', () => {
    it('is lent one that has not served yet', () => {
      const books = warm(2);
      const p = client('p', { preconnect: true });
      books.ledger.limit = 6;
      books.add(client('x'), client('y'), p);
      books.open();
      expect(books.news).toEqual(['x on c2', 'y on c1', 'dial for p', 'p on c3']);
      books.add(client('f', { fresh: true }));
      expect(books.news).toEqual(['f on c3']);
    });

    it('has one dialled beside idle ones', () => {
      const books = warm(2);
      books.add(client('f', { fresh: true }));
      expect(books.news).toEqual(['dial for f']);
    });

    it('makes room by closing the connection that rested longest', () => {
      const books = warm(3, 3);
      books.add(client('f', { fresh: true }));
      expect(books.news).toEqual(['evict c1', 'dial for f']);
    });

    it('costs one connection, not every one that becomes free while it is dialled', () => {
      const books = new Books(2).add(client('a'), client('b'));
      const [one] = [books.open(), books.open()];
      books.ledger.enqueueReturned(client('f', { fresh: true }));
      books.add(client('c'), client('d'));
      books.log.length = 0;
      books.free(one);
      expect(books.news).toEqual(['evict c1', 'dial for f']);
      const two = books.busy[0]!;
      books.free(two);
      expect(books.news).toEqual(['c on c2']);
      books.open();
      expect(books.news).toEqual(['f on c3']);
    });

    it('waits while everything is busy', () => {
      const books = new Books(1).add(client('a'));
      const connection = books.open();
      books.add(client('f', { fresh: true, pipelining: true }));
      connection.persistent = true;
      books.log.length = 0;
      books.work();
      expect(books.news).toEqual([]);
    });
  });

  describe('connections opened ahead', () => {
    it('go to the next request', () => {
      const books = new Books().add(client('p', { preconnect: true }));
      books.add(client('a'));
      books.open();
      expect(books.news).toEqual(['dial for p', 'p on c1', 'a on c1']);
    });

    it('are as many as were asked for', () => {
      const books = new Books().add(client('p', { preconnect: true }), client('q', { preconnect: true }));
      expect(books.news).toEqual(['dial for p', 'dial for q']);
    });

    it('do not take the dial of a request', () => {
      const books = new Books().add(client('a'), client('p', { preconnect: true }), client('b'));
      expect(books.news).toEqual(['dial for a', 'dial for p']);
      books.open();
      books.open();
      expect(books.news).toEqual(['a on c1', 'p on c2', 'b on c2']);
    });
  });

  describe('pipelining', () => {
    const pipelined = (name: string): Client => client(name, { pipelining: true });

    function full(limit: number): Books {
      const books = new Books(limit).add(...Array.from({ length: limit }, (_, i) => client(`first${i}`)));
      while (books.dials.length > 0) books.open().persistent = true;
      books.log.length = 0;
      return books;
    }

    it('starts when all connections are busy', () => {
      const books = full(2);
      books.add(pipelined('a'));
      expect(books.news).toEqual(['a on c1']);
      const roomy = full(1);
      roomy.ledger.limit = 2;
      roomy.add(pipelined('a'));
      expect(roomy.news).toEqual(['dial for a']);
    });

    it('spreads and ends at three behind the first', () => {
      const books = full(2);
      books.add(...'abcdefgh'.split('').map(pipelined));
      expect(books.news).toEqual(['a on c1', 'b on c2', 'c on c1', 'd on c2', 'e on c1', 'f on c2']);
      expect(books.ledger.waiting).toBe(2);
    });

    it('asks for a connection that is known to be kept', () => {
      const books = full(2);
      for (const connection of books.ledger.standing) connection.persistent = false;
      books.add(pipelined('a'));
      expect(books.news).toEqual([]);
    });

    it('is for those who ask', () => {
      const books = full(1);
      books.add(client('a'), pipelined('b'));
      expect(books.news).toEqual([]);
    });
  });

  it('serves 100,000 waiters, every third of which withdraws, in linear time', () => {
    const cost = (count: number): number => {
      const books = new Books();
      const clients = Array.from({ length: count }, (_, i) => client('w', { priority: (i % 3) as 0 | 1 | 2 }));
      const begun = performance.now();
      for (const c of clients) books.ledger.enqueue(c);
      books.work();
      while (books.dials.length > 0) books.open();
      for (let i = count - 1; i >= 0; i -= 3) books.ledger.withdraw(clients[i]!);
      while (books.busy.length > 0) books.free(books.busy[0]!);
      expect(books.ledger.waiting).toBe(0);
      return performance.now() - begun;
    };
    cost(10_000);
    const small = cost(20_000);
    const large = cost(100_000);
    // 5 times the work; the rest is room for a busy machine. Quadratic would be 25 times.
    expect(large).toBeLessThan(15 * small + 50);
  });

  it('takes everybody out of the line', () => {
    const books = new Books(1);
    books.add(client('a', { preconnect: true }), client('b', { priority: 0 }), client('c'));
    expect(books.ledger.drain().map((c) => c.name)).toEqual(['b', 'a', 'c']);
    expect(books.ledger).toMatchObject({ waiting: 0, needed: 0 });
  });
});

describe('connections that are not for everybody', () => {
  /** One that idles, and was not asked about. */
  const personal = (limit = 6): { books: Books; connection: Connection } => {
    const books = new Books(limit).add(client('owner'));
    const connection = books.openPersonal();
    books.free(connection);
    books.log.length = 0;
    return { books, connection };
  };

  it('go to whoever had them dialled, before the first in line', () => {
    const books = new Books().add(client('a'), client('b'));
    books.openPersonal();
    expect(books.news).toEqual(['dial for a', 'dial for b', 'a on c1']);
    expect(books.ledger).toMatchObject({ waiting: 1, dialing: 1 });
  });

  it('are offered once to each, and dialled is for who does not take them', () => {
    const { books, connection } = personal();
    books.accepts = (name) => name === 'b';
    books.add(client('a'), client('b'));
    expect(books.news).toEqual(['c1 offered to a', 'c1 offered to b, taken', 'dial for a']);
    expect(books.ledger.isIdle(connection)).toBe(false);
    books.free(connection);
    expect(books.news).toEqual([]);
    expect(books.ledger.isIdle(connection)).toBe(true);
  });

  it('are not lent to who would take any other', () => {
    const { books } = personal();
    books.add(client('a'));
    const other = books.open();
    expect(books.news).toEqual(['c1 offered to a', 'dial for a', 'a on c2']);
    books.free(other).add(client('b'));
    expect(books.news).toEqual(['b on c2']);
  });

  it('make room when nobody in line takes them', () => {
    const { books, connection } = personal(1);
    books.add(client('a'));
    expect(books.news).toEqual(['c1 offered to a', 'evict c1', 'dial for a']);
    expect(books.ledger.standing.has(connection)).toBe(false);
  });

  it('take nobody behind those on them', () => {
    const books = new Books(1).add(client('owner', { pipelining: true }));
    const connection = books.openPersonal();
    connection.persistent = true;
    books.add(client('a', { pipelining: true }));
    expect(books.news).toEqual(['dial for owner', 'owner on c1']);
  });

  it('are not offered to who wants one that nobody has used', () => {
    const { books } = personal();
    books.accepts = () => true;
    books.add(client('a', { fresh: true }));
    expect(books.news).toEqual(['dial for a']);
  });

  it('are not taken by who has left the line', () => {
    const { books, connection } = personal();
    const gone = client('gone');
    books.accepts = () => {
      books.ledger.withdraw(gone);
      return true;
    };
    books.add(gone);
    expect(books.news).toEqual(['c1 offered to gone']);
    expect(books.ledger.isIdle(connection)).toBe(true);
  });

  it('rest with the others and are forgotten when they close', () => {
    const { books, connection } = personal();
    books.add(client('a'));
    books.free(books.open());
    expect(books.ledger.resting().map(({ name }) => name)).toEqual(['c1', 'c2']);
    books.ledger.closed(connection);
    expect(books.ledger.resting().map(({ name }) => name)).toEqual(['c2']);
    expect(books.ledger.isIdle(connection)).toBe(false);
  });
});
