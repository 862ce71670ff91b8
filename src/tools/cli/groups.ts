import type { OptionShape } from './tokens.ts';

/**
 * Commands about what is remembered from one run to the next, about what this machine says, and about resources. Each has actions:
 * `qnam cookies ls FILE`.
 */
export type GroupName = 'cache' | 'cookies' | 'doctor' | 'har' | 'hsts' | 'inspect' | 'proxy' | 'rcc';

export interface ActionSpec {
  /** '' for the only thing that a group does: `qnam rcc FOLDER`. */
  readonly name: string;
  /** The words behind it, as the help shows them. */
  readonly usage: string;
  /** How many words there have to be, and may be. */
  readonly least: number;
  readonly most: number;
  readonly text: string;
}

export interface GroupOption extends OptionShape {
  /** Actions that it goes with; absent for all. */
  readonly of?: readonly string[];
  readonly text: string;
}

export interface GroupSpec {
  readonly name: GroupName;
  /** What it is about, in a line. */
  readonly text: string;
  readonly more: string;
  readonly actions: readonly ActionSpec[];
  readonly options: readonly GroupOption[];
  readonly examples: readonly string[];
}

const MANY = Number.POSITIVE_INFINITY;
const HELP: GroupOption = { name: 'help', short: 'h', text: 'Show this.' };

const DOCTOR_GROUP: GroupSpec = {
  name: 'doctor',
  text: 'Say what is wrong with a URL, and what puts it right.',
  more:
    'Each URL is fetched as the commands that fetch do it: by the proxies of the system, with the cookies and the known hosts that are named. Where something ' +
    'is wrong, more requests are made, without cookies and credentials, to find out what helps.',
  actions: [
    {
      name: '',
      usage: 'URL…',
      least: 1,
      most: MANY,
      text: 'Look at each of them. The exit code is 1 when one does not work; a warning is none.',
    },
  ],
  options: [
    { name: 'timeout', takes: 'SECONDS', text: 'How long each step may take. Default: 10.' },
    { name: 'no-trials', text: 'One request only: tell what it shows, and try nothing else.' },
    { name: 'proxy', takes: 'URL', text: 'Take this proxy, whatever the system says.' },
    { name: 'no-proxy', text: 'Take no proxy.' },
    { name: 'cacert', takes: 'FILE', text: 'Trust the authorities in FILE (PEM), too.' },
    { name: 'system-trust', text: 'Trust whom the operating system trusts, too.' },
    { name: 'cookie-jar', takes: 'FILE', text: 'The cookies in FILE go along.' },
    { name: 'cache', takes: 'DIR', text: 'Tell what the answers stored in DIR would do.' },
    { name: 'hsts', text: 'Count the hosts that programs of this user know to want TLS only.' },
    { name: 'json', text: 'One JSON document a line and URL.' },
    HELP,
  ],
  examples: ['qnam doctor https://www.example.org/', 'qnam doctor --json --proxy http://localhost:3128 https://www.example.org/'],
};

const HAR_GROUP: GroupSpec = {
  name: 'har',
  text: 'Record requests as a HAR, answer from one, show one, compare two.',
  more:
    'FILE is a HAR 1.2, also one that a browser has saved. Credentials, cookies, tokens and passwords are not in what is recorded: *** stands in ' +
    'their place, unless --secrets is given.',
  actions: [
    {
      name: 'record',
      usage: 'URL… -o FILE',
      least: 1,
      most: MANY,
      text: 'Fetch each URL, one after the other, and write down all that went out and came in. The exit code is that of the first that failed.',
    },
    {
      name: 'replay',
      usage: 'FILE',
      least: 1,
      most: 1,
      text:
        'Answer on a port of this machine, as a server of the first origin of FILE and as a proxy for all its http URLs, until Ctrl-C. What FILE has ' +
        'no answer for is answered by a 404 that says so.',
    },
    { name: 'diff', usage: 'FILE FILE', least: 2, most: 2, text: 'Tell what differs. The exit code is 1 when anything does.' },
    { name: 'show', usage: 'FILE', least: 1, most: 1, text: 'List the requests, and when what happened to each.' },
  ],
  options: [
    { name: 'output', short: 'o', takes: 'FILE', of: ['record'], text: 'Write to this file, which only its owner may read.' },
    { name: 'secrets', of: ['record'], text: 'Write down secrets as well.' },
    { name: 'port', takes: 'NUMBER', of: ['replay'], text: 'The port to answer on. Default: the system chooses one.' },
    {
      name: 'origin',
      takes: 'URL',
      of: ['replay'],
      text: 'The server to stand in for. Default: that of the first request of FILE.',
    },
    { name: 'once', of: ['replay'], text: 'No entry answers twice.' },
    { name: 'slow', of: ['replay'], text: 'Take the time that the answers took.' },
    {
      name: 'fuzzy',
      of: ['replay', 'diff'],
      text: 'Parameters of a query may come in another order, and bodies sent need not be the same.',
    },
    {
      name: 'ignore',
      takes: 'NAME',
      of: ['replay', 'diff'],
      text: 'This parameter of a query does not count; may be given again.',
    },
    { name: 'json', of: ['diff', 'show'], text: 'One JSON document a line.' },
    HELP,
  ],
  examples: [
    'qnam har record -o a.har http://example.org/',
    'qnam har show a.har',
    'qnam har replay a.har --port 8080',
    'qnam har diff a.har b.har',
  ],
};

export const GROUPS: readonly GroupSpec[] = [
  {
    name: 'cache',
    text: 'Look into a folder of stored answers, check it, and take answers out.',
    more:
      'DIR is the directory of a QNetworkDiskCache, or of qnam get --cache; there is none by default. Programs may use it meanwhile. How large it ' +
      'may become is known to them alone.',
    actions: [
      {
        name: 'ls',
        usage: 'DIR [URL…]',
        least: 1,
        most: MANY,
        text: 'List what is stored, or what is stored for these URLs: how old it is, whether it may be used as it is, when it was used last.',
      },
      {
        name: 'show',
        usage: 'DIR URL',
        least: 2,
        most: 2,
        text: 'Everything about the answers of a URL: the head as stored, for how long it is fresh and why, for which requests it is.',
      },
      {
        name: 'rm',
        usage: 'DIR [URL…]',
        least: 1,
        most: MANY,
        text: 'Remove the answers of these URLs, all variants of them, or those that --host and --stale pick.',
      },
      { name: 'clear', usage: 'DIR', least: 1, most: 1, text: 'Remove all answers.' },
      {
        name: 'verify',
        usage: 'DIR',
        least: 1,
        most: 1,
        text: 'Read every file and tell which are damaged; the exit code is then 61.',
      },
      {
        name: 'stats',
        usage: 'DIR',
        least: 1,
        most: 1,
        text: 'How much is stored, of which hosts, and how much of it is fresh.',
      },
    ],
    options: [
      {
        name: 'host',
        takes: 'NAME',
        of: ['ls', 'rm'],
        text: 'Only answers of this host and of those below it; may be given again.',
      },
      { name: 'stale', of: ['ls', 'rm'], text: 'Only answers that are stale.' },
      {
        name: 'body',
        of: ['show'],
        text: 'Write the body instead, as it came over the wire: what has a Content-Encoding is still packed.',
      },
      { name: 'fix', of: ['verify'], text: 'Remove all that is damaged; the exit code is then 0.' },
      { name: 'show-secrets', of: ['ls', 'show'], text: 'Do not hide cookies, credentials and user names.' },
      { name: 'json', of: ['ls', 'show', 'verify', 'stats'], text: 'One JSON document a line.' },
      HELP,
    ],
    examples: [
      'qnam get --cache ~/.cache/mine -O http://example.org/a.iso',
      'qnam cache ls ~/.cache/mine --host example.org',
      'qnam cache show ~/.cache/mine http://example.org/a.iso',
      'qnam cache verify --fix ~/.cache/mine',
    ],
  },
  {
    name: 'cookies',
    text: 'Look into a file of cookies, change it, exchange it with other programs.',
    more:
      'FILE is what a QPersistentCookieJar keeps, or qnam get --cookie-jar. Programs that use it meanwhile see the changes. ' +
      'Cookies that have expired are not there any more.',
    actions: [
      {
        name: 'ls',
        usage: 'FILE [NAME…]',
        least: 1,
        most: MANY,
        text: 'List the cookies, or those of these names. Values are secrets and not shown.',
      },
      { name: 'show', usage: 'FILE [NAME…]', least: 1, most: MANY, text: 'Everything about each cookie, its value included.' },
      {
        name: 'rm',
        usage: 'FILE [NAME…]',
        least: 1,
        most: MANY,
        text: 'Remove the cookies of these names, or those that --domain and --session pick.',
      },
      { name: 'clear', usage: 'FILE', least: 1, most: 1, text: 'Remove all cookies.' },
      {
        name: 'import',
        usage: 'FILE FROM',
        least: 2,
        most: 2,
        text:
          'Add the cookies of FROM (- is standard input): a Netscape cookie file, as curl, wget and browser extensions write it, or a ' +
          'storage state of Playwright. FILE is made when it is missing.',
      },
      {
        name: 'export',
        usage: 'FILE [NAME…]',
        least: 1,
        most: MANY,
        text: 'Write the cookies to standard output, or to -o, for such programs. What is written holds secrets.',
      },
    ],
    options: [
      {
        name: 'domain',
        takes: 'NAME',
        of: ['ls', 'show', 'rm', 'export'],
        text: 'Only cookies of this domain and of those below it; may be given again.',
      },
      {
        name: 'session',
        of: ['ls', 'show', 'rm', 'export'],
        text: 'Only cookies without an expiration date.',
      },
      { name: 'show-values', of: ['ls'], text: 'Show the values, too.' },
      {
        name: 'format',
        takes: 'NAME',
        of: ['import', 'export'],
        text: 'netscape or playwright. Default: what FROM looks like; netscape for export.',
      },
      { name: 'output', short: 'o', takes: 'FILE', of: ['export'], text: 'Write to this file, which only its owner may read.' },
      { name: 'json', of: ['ls', 'show'], text: 'One JSON document a line and cookie.' },
      HELP,
    ],
    examples: [
      'qnam get --cookie-jar jar.json http://localhost:8080/login',
      'qnam cookies ls jar.json --domain example.org',
      'qnam cookies import jar.json cookies.txt',
      'qnam cookies export jar.json --format playwright -o state.json',
    ],
  },
  DOCTOR_GROUP,
  HAR_GROUP,
  {
    name: 'hsts',
    text: 'Look into the hosts that are known to want TLS only (strict transport security), and change them.',
    more:
      'They are in the file qnetwork-hsts of a directory. Without --dir it is the one that programs of this user share: ' +
      'qnetwork in $XDG_CACHE_HOME or ~/.cache, in ~/Library/Caches, or in %LOCALAPPDATA%.',
    actions: [
      { name: 'ls', usage: '', least: 0, most: 0, text: 'List the known hosts.' },
      {
        name: 'check',
        usage: 'HOST',
        least: 1,
        most: 1,
        text: 'Say whether requests to http://HOST go by https, and why. The exit code is 0 when they do and 31 when not.',
      },
      { name: 'add', usage: 'HOST…', least: 1, most: MANY, text: 'Know these hosts from now on.' },
      { name: 'rm', usage: 'HOST…', least: 1, most: MANY, text: 'Forget these hosts.' },
      { name: 'clear', usage: '', least: 0, most: 0, text: 'Forget all hosts.' },
    ],
    options: [
      { name: 'dir', takes: 'DIR', text: 'The directory given to enableStrictTransportSecurityStore() or qnam get --hsts.' },
      { name: 'include-subdomains', of: ['add'], text: 'And all names below them.' },
      { name: 'max-age', takes: 'SECONDS', of: ['add'], text: 'For how long. Default: 31536000, a year.' },
      { name: 'json', of: ['ls', 'check'], text: 'One JSON document a line and host.' },
      HELP,
    ],
    examples: ['qnam hsts ls', 'qnam hsts check www.example.org', 'qnam hsts add --include-subdomains example.org'],
  },
  {
    name: 'inspect',
    text: 'Fetch, and show on a page in the browser what happens.',
    more:
      'The address of the page is printed. It opens once, on this machine only, and shows requests, answers, timing and connections until Ctrl-C. ' +
      'Programs show theirs in the same way: startInspector(manager) of qnetwork/inspector.',
    actions: [{ name: '', usage: 'URL…', least: 1, most: MANY, text: 'Fetch each of them.' }],
    options: [
      { name: 'port', takes: 'NUMBER', text: 'The port of the page. Default: the system chooses one.' },
      { name: 'every', takes: 'SECONDS', text: 'Fetch them again so many seconds after they have come.' },
      HELP,
    ],
    examples: ['qnam inspect http://example.org/', 'qnam inspect --every 5 http://localhost:8080/health'],
  },
  {
    name: 'proxy',
    text: 'Tell which proxy is used for a URL, and which rule has decided.',
    more:
      'Asked are, in this order: the environment (http_proxy, https_proxy, all_proxy, no_proxy), the settings of the desktop (GNOME, KDE, macOS, ' +
      'Windows), and the script (PAC) that they name. The commands that fetch do the same, unless --proxy or --no-proxy is given.',
    actions: [
      {
        name: 'explain',
        usage: 'URL…',
        least: 1,
        most: MANY,
        text: 'Show the proxies in the order in which they are tried, and why it is these. The exit code is 20 when that cannot be told.',
      },
    ],
    options: [
      {
        name: 'detect',
        text:
          'Where the settings ask for automatic detection (WPAD), do it: http://wpad.DOMAIN/wpad.dat is fetched and run. Whoever can answer ' +
          'for that name decides then. The commands that fetch never do it.',
      },
      { name: 'json', text: 'One JSON document a line and URL.' },
      HELP,
    ],
    examples: [
      'qnam proxy explain https://www.example.org/',
      'qnam proxy explain --json http://localhost:8080/ ftp://example.org/',
    ],
  },
  {
    name: 'rcc',
    text: 'Pack files into a module that registers them as resources, for qrc: URLs.',
    more:
      'A program that imports the module can read the files of the folder as qrc:/PREFIX/NAME; nothing else has to be shipped. What is smaller ' +
      'so is compressed, and unpacked when it is read. The same files make the same module. A .qrc file of Qt names the files by itself; its ' +
      'prefixes are then below that one.',
    actions: [{ name: '', usage: 'FOLDER|FILE.qrc', least: 1, most: 1, text: 'The files to pack, 64 MiB of them at most.' }],
    options: [
      {
        name: 'output',
        short: 'o',
        takes: 'FILE',
        text: 'Where to write the module; - is standard output, which is the default.',
      },
      { name: 'prefix', takes: 'PATH', text: 'The path of the folder in qrc: URLs. Default: /' },
      HELP,
    ],
    examples: ['qnam rcc icons --prefix /icons -o icons.mjs', 'qnam rcc resources.qrc -o resources.mjs'],
  },
];

export function findGroup(name: string | undefined): GroupSpec | undefined {
  return GROUPS.find((group) => group.name === name);
}
