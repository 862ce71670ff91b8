import type { Dice } from './dice.ts';
import type { AnswerPlan, BodyKind, Doing, Plan, Reading, Site, Step } from './plan.ts';
import type { World } from './world.ts';

const GARBAGE = [
  'HTTP/1.1 abc\r\n\r\n',
  'HTTP/1.1 200 OK\r\nCOOKIESBad Name: x\r\n\r\n',
  'HTTP/1.1 200 OK\r\nCOOKIESContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
  'HTTP/1.1 200 OK\r\nCOOKIESTransfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nCOOKIES',
  'SSH-2.0-OpenSSH_9.6\r\n',
];

/** Everything about a request, by its number. */
export function drawPlan(dice: Dice, id: number, { sites, weather, http2 }: World): Plan {
  const method = dice.weighted([
    [6, 'GET'],
    [3, 'POST'],
    [1, 'PUT'],
    [0.7, 'HEAD'],
    [0.5, 'DELETE'],
    [1, 'PATCH'],
    [0.5, 'TOUCH'],
  ]);
  const withBody = ['POST', 'PUT', 'PATCH'].includes(method);
  const paged = (method === 'GET' || method === 'HEAD') && dice.flip(0.35);
  const trouble = weather.trouble;
  const body: BodyKind = withBody
    ? dice.pick(['bytes', 'bytes', 'buffer', 'stream', 'again', ...(dice.flip(0.2) ? (['broken'] as const) : [])])
    : 'none';
  const size = dice.size();
  return {
    id,
    method,
    steps: paged ? [] : drawSteps(dice.branch(1), sites, trouble, weather.silent),
    cached: paged ? { site: dice.pick(sites), page: dice.between(1, 2) } : null,
    body,
    bodySize: withBody ? size : 0,
    resend: dice.flip(0.1),
    priority: dice.pick(['high', 'normal', 'normal', 'low']),
    pipelining: dice.flip(0.25),
    cleartext: dice.flip(0.3),
    http2: dice.flip(http2),
    timeout: drawTimeout(dice, weather.silent),
    redirect: dice.weighted([
      [6, 'follow'],
      [1, 'same-origin'],
      [2, 'user-verified'],
      [1, 'manual'],
      [0.5, 'error'],
    ]),
    allowsAfter: dice.pick([0, 0, 50, 700, weather.silent ? -1 : 0]),
    cache: dice.weighted([
      [6, 'default'],
      [1, 'no-store'],
      [1, 'reload'],
      [1, 'no-cache'],
      [1, 'force-cache'],
      [0.5, 'only-if-cached'],
    ]),
    reading: dice.pick<Reading>(['signals', 'signals', 'small', 'promise', 'iterate', 'late', 'web']),
    buffer: dice.pick([10, 300, 4_000]),
    readEvery: dice.pick([0, 1, 20, 300]),
    doing: dice.flip(0.3) ? drawDoing(dice) : null,
    ignoresTls: dice.flip(0.6),
    guarded: !paged && dice.flip(0.15),
    answers: dice.weighted<Plan['answers']>([
      [3, 0],
      [2, dice.between(1, 500)],
      [1, weather.silent ? 'never' : 0],
      [1, 'nothing'],
      [1, 'wrong'],
    ]),
    secret: dice.flip(0.2),
    range: paged && dice.flip(0.2) ? [dice.between(0, 300), dice.between(300, 900)] : null,
    expects: withBody && dice.flip(0.15),
  };
}

function drawTimeout(dice: Dice, silent: boolean): Record<string, number> {
  const own: Record<string, number> = {};
  const limits = ['queue', 'resolve', 'connect', 'firstByte', 'idle', 'transfer', 'total'];
  if (dice.flip(0.25)) own[dice.pick(limits)] = dice.pick([20, 20, 60, 150, 400, 1_500, 5_000]);
  return silent ? { total: dice.pick([2_000, 20_000, 100_000, 300_000]), ...own } : own;
}

function drawDoing(dice: Dice): Doing {
  const what = dice.pick(['abort', 'abort', 'close', 'delete', 'signal'] as const);
  const slot = dice.pick(['meta', 'read', 'sent', 'dialing', 'redirected', 'error', 'progress', 'asked'] as const);
  return { what, when: dice.flip(0.4) ? slot : dice.pick([0, 1, 5, 20, 60, 150, 500, 2_000]) };
}

function drawSteps(dice: Dice, sites: readonly Site[], trouble: number, silent: boolean): Step[] {
  const hops = dice.weighted([
    [6, 0],
    [2, 1],
    [1, 2],
    [0.3, 4],
  ]);
  const all = Array.from({ length: hops + 1 }, (_, n) => {
    const last = n === hops;
    const first = drawAnswer(dice, last, trouble, silent);
    return { site: dice.pick(sites), answers: dice.flip(0.5) ? [first] : [first, drawAnswer(dice, last, trouble / 2, silent)] };
  });
  return all;
}

function drawAnswer(dice: Dice, last: boolean, trouble: number, silent: boolean): AnswerPlan {
  const kind = dice.flip(trouble * 0.25)
    ? 'garbage'
    : !last
      ? 'redirect'
      : dice.weighted([
          [8, 'page' as const],
          [1, 'status' as const],
          [1, 'interim' as const],
        ]);
  const size = dice.size();
  const framing = dice.weighted([
    [5, 'length' as const],
    [3, 'chunked' as const],
    [1, 'close' as const],
  ]);
  const many = dice.flip(0.4);
  return {
    kind,
    status:
      kind === 'redirect' ? dice.pick([301, 302, 303, 307, 308]) : kind === 'status' ? dice.pick([204, 404, 410, 503, 500]) : 200,
    size,
    framing,
    coded: dice.flip(0.2) && size < 60_000,
    chunks: many ? Array.from({ length: dice.between(1, 5) }, () => dice.between(1, Math.max(1, size >> 1))) : [],
    pause: many ? dice.pick([0, 0, 10, 150, 1_200]) : 0,
    delay: dice.pick([0, 0, 5, 60, 400, 1_500]),
    fault: dice.flip(trouble * 0.6) ? drawFault(dice, size, silent) : null,
    truncate: dice.flip(trouble * 0.15) ? dice.between(0, size) : -1,
    cookies: dice.flip(0.3),
    hsts: dice.flip(0.25),
    garbage: dice.pick(GARBAGE),
    surplus: dice.flip(0.15),
  };
}

function drawFault(dice: Dice, size: number, silent: boolean): AnswerPlan['fault'] {
  const at = dice.pick([0, dice.between(1, 150), dice.between(0, size + 200)]);
  const all: NonNullable<AnswerPlan['fault']>[] = [
    ...(['close before head', 'reset before head', 'goaway', 'goaway', 'refuse stream', 'refuse stream'] as const),
    ...[{ close: at }, { reset: at }, { resetStream: at }, { resetStream: at }],
  ];
  return dice.pick(silent ? [...all, 'stall before head', { stall: at }] : all);
}
