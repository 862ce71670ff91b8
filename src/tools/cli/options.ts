export const SECTIONS = ['Request', 'Body', 'TLS', 'Output', 'Remembering', 'Limits', 'Watching', 'General'] as const;

export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** Name of the value in the help; absent for a switch. */
  readonly takes?: string;
  readonly many?: true;
  /** What kind of thing it is about, as the help groups it. */
  readonly section: (typeof SECTIONS)[number];
  /** Only for commands that send a body. */
  readonly bodyOnly?: true;
  readonly text: string;
}

/** Every option, in the order of the help. The parser, the help and the suggestions read this table. */
export const OPTIONS = [
  {
    name: 'header',
    short: 'H',
    takes: "'NAME: VALUE'",
    many: true,
    section: 'Request',
    text: 'Send this header field; may be given again. @FILE reads one field a line from a file.',
  },
  {
    name: 'method',
    short: 'X',
    takes: 'NAME',
    section: 'Request',
    text: 'The method to send; for the command request only.',
  },
  {
    name: 'priority',
    takes: 'LEVEL',
    section: 'Request',
    text: 'high, normal or low: who goes first when requests wait for a connection. Default: normal.',
  },
  {
    name: 'redirects',
    takes: 'N',
    section: 'Request',
    text:
      'Follow at most N redirects, never from https to http; 0 shows the redirect itself. Default: 50. Credentials stay with the ' +
      'server they were given for.',
  },
  {
    name: 'proxy',
    takes: 'URL',
    section: 'Request',
    text:
      'Go through this proxy, local addresses too: http:// (the default, port 8080), https://, socks4://, socks4a://, socks5://, socks5h://. ' +
      'Default: what the environment or the system says; see qnam help proxy.',
  },
  { name: 'no-proxy', section: 'Request', text: 'Go directly, whatever the environment and the system say.' },
  {
    name: 'data',
    short: 'd',
    takes: 'TEXT',
    many: true,
    section: 'Body',
    bodyOnly: true,
    text:
      'Send TEXT. @FILE sends a file as it is, @- standard input. Given several times the parts are joined with &. ' +
      'Content-Type is application/x-www-form-urlencoded for text, application/octet-stream for one file or standard input, unless -H says otherwise.',
  },
  {
    name: 'json-body',
    takes: 'TEXT',
    section: 'Body',
    bodyOnly: true,
    text: 'Send TEXT (or @FILE, @-) as application/json. Text that is not JSON is refused.',
  },
  {
    name: 'cacert',
    takes: 'FILE',
    section: 'TLS',
    text: 'Also trust the authorities in FILE (PEM).',
  },
  {
    name: 'system-trust',
    section: 'TLS',
    text: 'Also trust whom the operating system trusts, for instance the proxy of a company.',
  },
  {
    name: 'keylog',
    takes: 'FILE',
    section: 'TLS',
    text:
      'Append the secrets of all TLS connections to FILE, for Wireshark and others that read along. Whoever has it can read all that ' +
      'was said. The environment (SSLKEYLOGFILE) is not asked.',
  },
  {
    name: 'output',
    short: 'o',
    takes: 'FILE',
    many: true,
    section: 'Output',
    text:
      'Write the body to FILE (- is standard output); one -o for each URL. The file appears under its name when it is complete; ' +
      'a failure or a status of 400 and above leaves an older file as it was.',
  },
  {
    name: 'remote-name',
    short: 'O',
    section: 'Output',
    text: 'Write each body to a file in this folder named after the last part of its URL. What the server says is not asked.',
  },
  {
    name: 'save-error-body',
    section: 'Output',
    text: 'With -o or -O: write the file even when the status is 400 or above.',
  },
  { name: 'fail', short: 'f', section: 'Output', text: 'Write nothing to standard output when the status is 400 or above.' },
  { name: 'include', short: 'i', section: 'Output', text: 'Write the head of the answer in front of the body.' },
  {
    name: 'json',
    section: 'Output',
    text:
      'Write one JSON document a line and URL to standard output: status, headers, error, times in milliseconds, bytes. ' +
      'The body is dropped unless it goes to a file.',
  },
  {
    name: 'cache',
    takes: 'DIR',
    section: 'Remembering',
    text: 'Keep answers in DIR and use them again by the rules of RFC 9111, up to 50 MiB. It is made when it is missing. See qnam help cache.',
  },
  {
    name: 'cache-mode',
    takes: 'MODE',
    section: 'Remembering',
    text:
      'With --cache, as in fetch: default; reload (do not look there), no-cache (ask the server first), force-cache (stale answers ' +
      'will do where it cannot be reached), only-if-cached (send nothing), no-store (leave it alone).',
  },
  {
    name: 'cookie-jar',
    takes: 'FILE',
    section: 'Remembering',
    text:
      'Send the cookies of FILE and keep there what servers set, cookies of the session included. It is made when it is missing. ' +
      'See qnam help cookies.',
  },
  {
    name: 'hsts',
    takes: 'DIR',
    section: 'Remembering',
    text:
      'Reach hosts by https only that want it, and keep in DIR which these are; an empty DIR is the one that programs of this user share. ' +
      'See qnam help hsts.',
  },
  {
    name: 'parallel',
    takes: 'N',
    section: 'Limits',
    text: 'How many URLs are under way at once. Default: 6. Six is also the limit of connections to one host.',
  },
  {
    name: 'timeout',
    takes: 'TIME',
    section: 'Limits',
    text: "Give up when no byte moved for TIME, waiting and connecting included (Qt's transfer timeout).",
  },
  { name: 'connect-timeout', takes: 'TIME', section: 'Limits', text: 'Limit for TCP and TLS together.' },
  {
    name: 'first-byte-timeout',
    takes: 'TIME',
    section: 'Limits',
    text: 'Limit from the last byte sent to the first byte of the answer.',
  },
  { name: 'idle-timeout', takes: 'TIME', section: 'Limits', text: 'Limit between two pieces of the body.' },
  { name: 'total-timeout', takes: 'TIME', section: 'Limits', text: 'Limit for the whole transfer.' },
  {
    name: 'verbose',
    short: 'v',
    section: 'Watching',
    text: 'Tell on standard error what happens: * connections, > request heads, < answer heads.',
  },
  {
    name: 'show-secrets',
    section: 'Watching',
    text: 'Do not hide credentials and cookies in what -v and --json show.',
  },
  { name: 'no-progress', section: 'Watching', text: 'No progress on standard error.' },
  { name: 'silent', short: 's', section: 'Watching', text: 'Neither progress nor error messages; the exit code tells.' },
  { name: 'help', short: 'h', section: 'General', text: 'Show help, for one command when a command is named.' },
  { name: 'version', short: 'V', section: 'General', text: 'Show the version.' },
] as const satisfies readonly OptionSpec[];

export type OptionName = (typeof OPTIONS)[number]['name'];
