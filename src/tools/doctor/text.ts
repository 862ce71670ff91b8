import type { ChainLink, Diagnosis, Finding } from './diagnosis.ts';

/** A diagnosis for people: what is wrong and what to do first, then what was seen. No line of it steers a terminal. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { url, works, findings, trips } = diagnosis;
  const state = !works ? 'does not work' : findings.length > 0 ? 'works, with a warning' : 'works';
  const facts = trips.length === 0 ? [] : ['', 'what was seen on the way', ...factLines(diagnosis)];
  return [`${url} ${state}`, ...findings.flatMap(findingLines), ...facts].map((line) => harmless(line).trimEnd()).join('\n');
}

function findingLines({ code, severity, what, seen, fix }: Finding): string[] {
  return [
    '',
    `${severity} ${code}`,
    ...rows('what', [what]),
    ...rows('seen', seen),
    ...rows('fix', [
      fix.words,
      ...(fix.code === null ? [] : [`in a program: ${fix.code}`]),
      ...(fix.option === null ? [] : [`with qnam: ${fix.option}`]),
      ...(fix.tried ? ['This was tried, and helps.'] : []),
    ]),
  ];
}

function factLines({ trips, address, proxy, tls, protocol, timings, cache, hsts, cookies }: Diagnosis): string[] {
  const spent = Object.entries(timings).map(([phase, ms]) => `${phase} ${ms.toFixed(1)} ms`);
  return [
    ...rows('trips', tripLines(trips)),
    ...rows('address', addressLines(address)),
    ...rows('proxy', [proxy.way, ...proxy.because.map((why) => `because: ${why}`)]),
    ...rows('tls', tlsLines(tls)),
    ...rows('protocol', protocol === '' ? [] : [protocol]),
    ...rows('timings', spent.length === 0 ? [] : [spent.join(', ')]),
    ...rows('cache', [cache.why]),
    ...rows('hsts', [hsts.why]),
    ...rows('cookies', [cookies.length === 0 ? 'none go along' : `${cookies.join(', ')} (values are not shown)`]),
  ];
}

/** Of a loop the beginning and the end. */
const MOST_TRIPS = 6;

function tripLines(trips: Diagnosis['trips']): string[] {
  const lines = trips.map(({ url, status }) => `${status === 0 ? 'none' : status}  ${url}`);
  const left = lines.length - MOST_TRIPS;
  return left <= 0 ? lines : [...lines.slice(0, MOST_TRIPS - 1), `      ${left} more`, ...lines.slice(-1)];
}

function addressLines(address: Diagnosis['address']): string[] {
  if (address === null) return [];
  const attempts = address.attempts.map(({ address: to, family, outcome, milliseconds }) => {
    const kind = family === '' ? '' : ` (${family})`;
    return `${to}${kind}: ${outcome} after ${milliseconds.toFixed(1)} ms`;
  });
  return [`${address.host}: ${address.found.join(', ') || 'none found'}`, ...attempts];
}

const MOST_CERTIFICATES = 10;

function tlsLines(tls: Diagnosis['tls']): string[] {
  if (tls === null) return [];
  const { protocol, cipher, alpn, verified, chain } = tls;
  const agreed = [protocol, cipher, alpn === '' ? 'no ALPN' : `ALPN ${alpn}`, verified ? 'verified' : 'not verified'];
  const more = chain.length - MOST_CERTIFICATES;
  return [
    // a certificate that is refused ends the handshake before anything is agreed on
    protocol === '' ? 'refused; nothing of the request was sent' : agreed.filter((part) => part !== '').join(', '),
    ...chain.slice(0, MOST_CERTIFICATES).flatMap(linkLines),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

function linkLines({ subject, issuer, from, to, problems }: ChainLink, at: number): string[] {
  return [`${at + 1}. ${subject}, issued by ${issuer}, ${from} to ${to}`, ...problems.map((one) => `   wrong: ${one}`)];
}

/** The name stands before the first. */
function rows(name: string, texts: readonly string[]): string[] {
  return texts.map((text, i) => `  ${(i === 0 ? name : '').padEnd(8)}  ${text}`);
}

const MOST_LETTERS = 1000;

/** What servers say goes in here. */
function harmless(line: string): string {
  const short = line.length > MOST_LETTERS ? `${line.slice(0, MOST_LETTERS)}…` : line;
  return short.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '�');
}
