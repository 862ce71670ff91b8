import { hideInText } from '../../base/redaction.ts';
import type { RouteView } from '../../contract/pool-view.ts';
import { type PoolData, REUSED, type RowData, STATES, STORED, type State, VALIDATED } from './page/protocol.ts';
import type { Row } from './row.ts';

/** A row as the page hears of it. `began`: when the inspector did, on the clock of the engine. */
export function rowData(row: Row, began: number, secretNames: readonly string[]): RowData {
  row.look();
  const { queuedAt, version, problem } = row;
  const at = (mark: number): number => (mark < 0 ? -1 : Math.max(0, mark - queuedAt));
  return [
    row.id,
    row.index,
    STATES.indexOf(stateOf(row)),
    Math.round((row.made - began) * 1000) + queuedAt,
    row.method,
    shortened(hideInText(row.url, secretNames), LONGEST_URL),
    row.status,
    shortened(row.mime, LONGEST_TYPE),
    row.received?.size ?? 0,
    row.sent?.size ?? 0,
    row.connection,
    row.address,
    version,
    flagsOf(row),
    problem === null ? '' : problem.kind,
    at(row.lentAt),
    at(row.resolveAt),
    at(row.connectAt),
    at(row.proxyAt),
    at(row.tlsAt),
    at(row.connectedAt),
    at(row.sentAt),
    at(row.headAt),
    at(row.endedAt),
  ];
}

/** Letters of what others may make as long as they like; the details have all of it. */
const LONGEST_URL = 2000;
const LONGEST_TYPE = 200;

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function stateOf(row: Row): State {
  if (row.problem !== null) return 'failed';
  if (row.hop === null) return 'done';
  if (row.status > 0) return 'receiving';
  return row.sentAt >= 0 ? 'sent' : 'waiting';
}

function flagsOf(row: Row): number {
  let flags = row.stored ? STORED : 0;
  if (row.status === 304) flags |= VALIDATED;
  if (row.lentAt >= 0 && row.connectedAt < 0) flags |= REUSED;
  return flags;
}

export function poolData({ place, via, limit, dialing, connections, waiting }: RouteView): PoolData {
  const each = connections.map(
    ({ number, multiplexed, address, tls, depth, served }) => [number, multiplexed, address, tls, depth, served] as const,
  );
  return [place, via, limit, dialing, waiting.length, each];
}
