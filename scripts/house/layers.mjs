// @ts-check
// The house as a table: which folder is which layer, whom it may import, and why. Read by rules.mjs.

/**
 * @typedef {object} Layer
 * @property {RegExp} at files of the layer
 * @property {readonly string[]} may layers it may import
 * @property {string} why the second half of the sentence a violation prints
 */

const FLOOR = ['contract', 'base'];
const PART = ['rules', ...FLOOR];
const WIRED =
  'only the transports that speak over sockets (http, ftp) open the wire; all others get what they need through the contracts';

/** First match wins. @type {Readonly<Record<string, Layer>>} */
export const LAYERS = {
  index: { at: /^src\/index\.ts$/, may: ['api', 'bridge'], why: 'the index only lists the public names of api' },
  entry: {
    at: /^src\/(?:fetch|dispatcher|har|doctor|inspector)\.ts$/,
    may: ['index', 'api', 'bridge', 'faces', 'tools that diagnose', 'tools that show', 'tools for HAR files', ...FLOOR],
    why: 'an entry puts a face and the classes of api together, and does nothing else',
  },
  base: { at: /^src\/base\//, may: ['base'], why: 'base is the ground floor: values and tools that know nothing above them' },
  contract: {
    at: /^src\/contract\//,
    may: ['contract', 'base'],
    why: 'contracts are types without behaviour; a type beside its implementation pulls the implementation along',
  },
  rules: {
    at: /^src\/rules\//,
    may: ['rules', ...FLOOR],
    why: 'rules are pure decisions, tested by tables; they must not reach what can wait or fail',
  },
  wire: {
    at: /^src\/wire\//,
    may: ['wire', ...PART],
    why: 'the wire owns sockets and knows neither stages nor users; what it tells goes through the contracts',
  },
  system: { at: /^src\/system\//, may: ['system', ...PART], why: 'system only reads what the machine says' },
  stores: { at: /^src\/stores\//, may: ['stores', ...PART], why: 'a store fills a port and must be replaceable by a user’s own' },
  filters: { at: /^src\/filters\//, may: ['filters', ...PART], why: 'a filter sees body bytes and nothing else' },
  bodies: {
    at: /^src\/bodies\//,
    may: ['bodies', ...PART],
    why: 'what programs give as bodies is read by its shape, whoever’s door it came through',
  },
  stages: {
    at: /^src\/stages\//,
    may: ['stages', 'filters', ...PART],
    why: 'a stage answers with a verdict and leaves the doing to the conductor; beside the rules it may only add its filter',
  },
  'transports that use the wire': {
    at: /^src\/transports\/(?:http|ftp)\b/,
    may: ['transports', 'transports that use the wire', 'wire', ...PART],
    why: 'a transport carries one hop and knows neither the pipeline nor the user',
  },
  transports: { at: /^src\/transports\//, may: ['transports', ...PART], why: WIRED },
  assembly: {
    at: /^src\/engine\/assembly\b/,
    may: [
      ...['assembly', 'engine', 'stages', 'filters', 'transports', 'transports that use the wire', 'stores', 'system', 'wire'],
      ...PART,
    ],
    why: 'the assembly knows every part of the engine, and nobody who uses it',
  },
  engine: {
    at: /^src\/engine\//,
    may: ['engine', ...FLOOR],
    why: 'conductor, transfer, pipeline and netlog work on contracts alone; only engine/assembly knows the parts',
  },
  bridge: {
    at: /^src\/api\/bridge\b/,
    may: ['bridge', 'api', 'assembly', 'bodies', 'rules', 'stores', 'system', ...FLOOR],
    why: 'the bridge speaks Qt and engine, and meets the engine in engine/assembly and the contracts only',
  },
  advice: {
    at: /^src\/api\/advice\//,
    may: ['advice', ...PART],
    why: 'advice is words and which of them fit; whoever shows an error may use them',
  },
  api: {
    at: /^src\/api\//,
    may: ['api', 'advice', 'bridge', 'bodies', 'rules', 'stores', 'system', ...FLOOR],
    why: 'Qt’s classes know no engine; only api/bridge speaks both, and api and faces never meet',
  },
  faces: {
    at: /^src\/faces\//,
    may: ['faces', 'advice', 'assembly', 'bodies', ...PART],
    why: 'a face is another door to the engine, beside api and not through it',
  },
  'tools that look into stores': {
    at: /^src\/tools\/cli\/inspect\//,
    may: ['tools', 'tools that look into stores', 'tools for HAR files', 'index', 'faces', 'stores', 'system', ...PART],
    why: 'an inspection command reads the files of the stores and asks the rules what they mean; it runs nothing',
  },
  'tools for HAR files': {
    at: /^src\/tools\/har\//,
    may: ['tools for HAR files', 'index', ...PART],
    why: 'recording and replaying look at the engine through its netlog and its door, and ask the rules what bytes mean',
  },
  'tools that diagnose': {
    at: /^src\/tools\/doctor\//,
    may: ['tools that diagnose', 'index', 'advice', ...PART],
    why: 'the doctor makes requests by the door of a manager, and asks the rules what they mean',
  },
  'page of the inspector': {
    at: /^src\/tools\/inspector\/page\//,
    may: ['page of the inspector'],
    why: 'the page runs in a browser, where nothing of the package is',
  },
  'tools that show': {
    at: /^src\/tools\/inspector\//,
    may: [
      'tools that show',
      'page of the inspector',
      'tools for HAR files',
      'tools that diagnose',
      'advice',
      'assembly',
      'bodies',
      ...PART,
    ],
    why: 'the inspector looks at the engine by its door, says what the doctor says, and knows of its page only the words that both speak',
  },
  tools: {
    at: /^src\/tools\//,
    may: [
      'tools',
      'tools that diagnose',
      'tools that show',
      'tools that look into stores',
      'tools for HAR files',
      'index',
      'advice',
      'faces',
      ...FLOOR,
    ],
    why: 'tools use the package as its users do: through src/index.ts and the faces',
  },
  'peers of the test kit': {
    at: /^src\/testing\/(?:server|network)\//,
    may: ['peers of the test kit', 'testing', 'index', 'wire', ...PART],
    why: 'the servers and the network of the test kit speak what the wire speaks, from the other side',
  },
  testing: {
    at: /^src\/testing\//,
    may: ['testing', 'peers of the test kit', 'tools for HAR files', 'index', 'faces', ...PART],
    why: 'the test kit uses the package as its users do, through src/index.ts and the faces, and asks the rules what played peers mean',
  },
};

/** @param {string} path @returns {string | undefined} */
export function layerOf(path) {
  for (const name in LAYERS) if (LAYERS[name]?.at.test(path)) return name;
  return undefined;
}

/**
 * Node modules and packages that live in few places. `types`: importing only types of it is harmless.
 * @type {readonly { name: RegExp; home: RegExp; types: boolean; why: string }[]}
 */
export const HOMES = [
  {
    name: /^node:(?:net|tls|dns|dns\/promises)$/,
    // the servers of the test kit answer on real sockets
    home: /^src\/(?:wire\/dial|testing\/server)\//,
    types: false,
    why: 'only wire/dial opens connections, so that a simulated network can stand in for the real one',
  },
  {
    name: /^node:(?:timers|timers\/promises|perf_hooks)$/,
    home: /^src\/(?:wire\/dial\/|base\/clock\.ts$)/,
    types: false,
    why: 'time comes from the clock that is handed in, so that tests can turn it',
  },
  {
    name: /^(?:node:(?:http|https|http2|_http_\w+)|undici)$/,
    // the servers of the tools
    home: /^src\/tools\/(?:cli\/har|inspector)\/server\.ts$/,
    types: true,
    why: 'the engine is our own; at most the types of other clients may be named (import type)',
  },
];

/** Packages that may be imported at run time, with the folder that may do so. @type {Readonly<Record<string, RegExp>>} */
export const PACKAGES = {
  '@opentelemetry/api': /^src\/api\/tracing\/trace-requests\.ts$/,
  tldts: /^src\/stores\/cookies\/public-suffixes\.ts$/,
  kerberos: /^src\/system\/tickets\.ts$/,
  ioredis: /^src\/stores\/cache\/shared-client\.ts$/,
  'quickjs-emscripten': /^src\/system\/pac\/(?:quickjs|sandbox)\.ts$/,
};

/** Time and chance as words in the code. Their homes are those of the timers, and the page of the inspector: it has the clock of its browser. */
export const CHANCE = /^src\/(?:wire\/dial\/|base\/clock\.ts$|tools\/inspector\/page\/)/;

/** @type {readonly { word: RegExp; name: string }[]} */
export const CHANCES = [
  { word: /(?<![\w$.#])(?:globalThis\.)?((?:set|clear)(?:Timeout|Interval|Immediate))\b(?!\s*\??:)/g, name: 'a timer' },
  { word: /\b(Date\s*\.\s*now)\b/g, name: 'the wall clock' },
  { word: /\b(new\s+Date)(?:\s*\(\s*\)|\s*[;,)\]}.])/g, name: 'the wall clock' },
  { word: /(?<![\w$.#])(?:globalThis\.)?(performance\s*\.\s*\w+)/g, name: 'the monotonic clock' },
  { word: /\b(process\s*\.\s*(?:hrtime|uptime))\b/g, name: 'the monotonic clock' },
  { word: /\b(AbortSignal\s*\.\s*timeout)\b/g, name: 'a timer' },
  { word: /\b(Math\s*\.\s*random)\b/g, name: 'chance' },
  { word: /\b(randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues)\b/g, name: 'chance' },
];

/** Where Qt's class names must not appear, comments included. */
export const WITHOUT_QT = /^src\/(?:bodies|engine|wire|stages|filters|transports|stores|system|rules|base|contract)\//;

export const MAX_LINES = 400;
