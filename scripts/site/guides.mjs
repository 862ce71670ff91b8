// @ts-check
// Which document stands where in the navigation of the site. The names are those of the headings.

/**
 * Groups of the navigation, in their order, with documents as paths from the root. A folder brings all documents in it, under a page that
 * lists them.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const GROUPS = {
  Start: ['docs/getting-started.md', 'docs/from-fetch.md', 'docs/from-qt.md', 'docs/rest.md', 'examples'],
  Guides: [
    'docs/cache.md',
    'docs/shared-cache.md',
    'docs/cookies.md',
    'docs/network-sessions.md',
    'docs/reachability.md',
    'docs/proxies.md',
    'docs/authentication.md',
    'docs/tls.md',
    'docs/hsts.md',
    'docs/reliability.md',
    'docs/timeouts-and-errors.md',
    'docs/performance.md',
    'docs/security.md',
    'docs/http2.md',
    'docs/ftp.md',
    'docs/local-sockets.md',
    'docs/fetch.md',
    'docs/dispatcher.md',
  ],
  Extending: ['docs/extending.md', 'docs/own-replies.md', 'docs/cache-stores.md'],
  Tools: ['docs/cli.md', 'docs/inspector.md', 'docs/doctor.md', 'docs/har.md', 'docs/tracing.md', 'docs/testing.md'],
  Inside: [
    'docs/architecture.md',
    'docs/life-of-a-transfer.md',
    'docs/decisions',
    'docs/qt-differences.md',
    'docs/conformance.md',
    'docs/simulation.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'bench/README.md',
  ],
};

/** Where the page of a document is. @param {string} path */
export const guidePage = (path) =>
  `guides/${path
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .toLowerCase()
    .replaceAll('/', '-')}.html`;

/** Headings of the navigation for the public names, by the folder they are declared in; the first that fits. @type {readonly (readonly [RegExp, string])[]} */
export const CATEGORIES = [
  [/\/src\/api\/access\/replies\//, 'Ready-made replies'],
  [/\/src\/api\/access\/q(?:http|formdata)/, 'Headers, forms and settings'],
  [/\/src\/api\/access\/qrest|\/rest-arguments|\/qnetworkrequestfactory/, 'Services'],
  [/\/src\/api\/access\//, 'Requests and replies'],
  [/\/src\/api\/bearer\//, 'Networks and sessions'],
  [/\/src\/api\/cache\/|\/src\/contract\/cache/, 'Cache'],
  [/\/src\/api\/cookies\/|\/src\/(?:contract|stores|rules)\/cookies/, 'Cookies'],
  [/\/src\/api\/core\//, 'Core'],
  [/\/src\/api\/proxy\//, 'Proxies and credentials'],
  [/\/src\/api\/security\//, 'TLS'],
  [/\/src\/api\/tracing\//, 'Tracing'],
  [/\/src\/testing\/contracts\//, 'Contracts'],
  [/\/src\/testing\/network\//, 'A network in memory'],
  [/\/src\/testing\/server\//, 'Servers'],
  [/\/src\/testing\/certificates\//, 'Certificates'],
  [/\/src\/testing\/cassette/, 'Cassettes'],
  [/\/src\//, 'Values and ports'],
];

/** Types that have no public name, because their meaning says more than one would. */
export const INLINE = new Set([
  'AnySignal',
  'Callback',
  'Data',
  'FieldsLike',
  'GetData',
  'KnownHeaderInput',
  'KnownHeaderValue',
  'Load',
  'Method',
  'PinsInit',
  'ProxyChoice',
  'QueryValue',
  'RequestCache',
  'StreamSource',
  'TlsVersion',
  'WellKnownHeader',
]);
