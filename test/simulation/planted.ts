/** A defect that is planted on purpose, to see that the simulation finds it. */
export interface Planted {
  readonly number: number;
  readonly name: string;
  /** Under src. */
  readonly file: string;
  /** Is there exactly once … */
  readonly text: string;
  /** … and this stands in its place. */
  readonly broken: string;
}

const ROWS: readonly Omit<Planted, 'number'>[] = [
  {
    name: 'sends a POST again that may have been processed',
    file: 'rules/retry.ts',
    text: 'if ((risky && !q.unsafeAllowed) || q.resends >= MOST) return no;',
    broken: 'if (q.resends >= MOST) return no;',
  },
  {
    name: 'forgets to settle what is canceled',
    file: 'engine/transfer.ts',
    text: 'this.tap?.over(this.hop, CANCELED);\n    this.settle();',
    broken: 'this.tap?.over(this.hop, CANCELED);',
  },
  {
    name: 'stores a body that broke off as a whole one',
    file: 'filters/tee.ts',
    text: 'if (part === null) this.#done(false, false, this.#writer.abort());',
    broken: 'if (part !== undefined) this.#done(true, true, this.#writer.commit());',
  },
  {
    name: 'lends a connection with bytes on it that nobody asked for',
    file: 'wire/h1/connection.ts',
    text: 'this.pump !== null || (next === null && (this.parser.surplus || this.last));',
    broken: 'this.pump !== null || (next === null && this.last);',
  },
  {
    name: 'never closes idle connections',
    file: 'wire/pool/pool.ts',
    text: 'if (left <= 1) connection.destroy();',
    broken: 'if (left <= 1) continue;',
  },
  {
    name: 'goes on telling after the end',
    file: 'api/bridge/transfer-reply.ts',
    text: 'this.flags &= ~REFILLING;\n    if (this.state !== RUNNING) return;',
    broken: 'this.flags &= ~REFILLING;\n    if (this.state !== RUNNING) return void peekSignal(this, READY_READ)?.emit();',
  },
  {
    name: 'takes credentials along to another origin',
    file: 'rules/redirect.ts',
    text: 'return away && isSecretHeader(lower, secrets);',
    broken: 'return away && lower === secrets[9];',
  },
  {
    name: 'goes in the clear to hosts that want TLS',
    file: 'stages/hsts.ts',
    text: "return this.enabled && url.scheme === 'http' && this.knows(url) ? securedUrl(url) : url;",
    broken: "return this.enabled && url.scheme === 'http' && url.port === 80 ? securedUrl(url) : url;",
  },
  {
    name: 'believes a doubted host that it wants TLS',
    file: 'stages/hsts.ts',
    text: 'if (host === null || secure === null || secure.doubted) return;',
    broken: 'if (host === null || secure === null) return;',
  },
  {
    name: 'mixes up two streams of HTTP/2',
    file: 'wire/h2/connection.ts',
    text: 'return this.streams.get(id) ?? null;',
    broken: 'return this.streams.get(id - 2) ?? this.streams.get(id) ?? null;',
  },
  {
    name: 'takes streams for refused that were not, after GOAWAY',
    file: 'wire/h2/connection.ts',
    text: 'filter(({ id, ended }) => id > last && !ended);',
    broken: 'filter(({ id, ended }) => id >= last && !ended);',
  },
  {
    name: 'opens seven connections to a host',
    file: 'api/access/request-state.ts',
    text: 'connectionsPerHost: 6,',
    broken: 'connectionsPerHost: 7,',
  },
  {
    name: 'takes a body that broke off for a whole one',
    file: 'wire/h1/connection.ts',
    text: 'if (this.parser.eof()) return;\n    this.lost(null);',
    broken:
      'if (this.parser.eof()) return;\n    if (this.headSeen && this.current !== null) return this.complete(null);\n    this.lost(null);',
  },
  {
    name: 'sends secure cookies in the clear',
    file: 'stores/cookies/shelf.ts',
    text: '(wants.secure || !cookie.secure) && isSentTo',
    broken: 'isSentTo',
  },
  {
    name: 'does not give a connection back',
    file: 'wire/h1/connection.ts',
    text: 'this.current = null;\n      this.owner.free(this);',
    broken: 'this.current = null;\n      if (this.served % 4 !== 3) this.owner.free(this);',
  },
  {
    name: 'forgets the manager when a reply ends',
    file: 'api/bridge/transfer-reply.ts',
    text: 'this.owner._finishedBy(this);\n    if (isDestroyed(this)) return;',
    broken: 'if (this.pull === null && this.received < 5_000) this.owner._finishedBy(this);\n    if (isDestroyed(this)) return;',
  },
];

export const PLANTED: readonly Planted[] = ROWS.map((row, at) => ({ number: at + 1, ...row }));

/** A source with the defect in it. Throws an Error when the place is not there, or there more than once. */
export function plant({ number, name, file, text, broken }: Planted, source: string): string {
  const times = source.split(text).length - 1;
  if (times !== 1)
    throw new Error(
      `Planted bug ${number} (${name}): its text is ${times} times in src/${file}, and has to be there once. Mend the table.`,
    );
  return source.replace(text, () => broken);
}
