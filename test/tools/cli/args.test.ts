import { describe, expect, test } from 'vitest';
import { type Plan, parseCommandLine } from '../../../src/tools/cli/args.ts';
import { UsageError } from '../../../src/tools/cli/usage-error.ts';

function plan(...argv: string[]): Plan {
  const parsed = parseCommandLine(argv);
  if (parsed.kind !== 'run') throw new Error(`parsed as ${parsed.kind}`);
  return parsed.plan;
}

describe('a command line that makes sense', () => {
  test('the shortest one', () => {
    expect(plan('get', 'http://h/')).toMatchObject({
      method: 'GET',
      targets: [{ url: 'http://h/', destination: { kind: 'stdout' } }],
      headers: [],
      body: null,
      parallel: 6,
      timeouts: {},
      progress: true,
      include: false,
    });
  });

  test('a URL alone means get', () => {
    expect(plan('http://h/').method).toBe('GET');
  });

  test.each([
    ['h', 'http://h'],
    ['localhost:8080/x', 'http://localhost:8080/x'],
    ['https://h', 'https://h'],
    ['data:,x', 'data:,x'],
    ['FILE:/x', 'FILE:/x'],
    ['foo://h', 'foo://h'],
  ])('URL %s is read as %s', (given, read) => {
    expect(plan('get', given).targets[0]?.url).toBe(read);
  });

  test.each([
    ['get', 'GET'],
    ['head', 'HEAD'],
    ['post', 'POST'],
    ['put', 'PUT'],
    ['delete', 'DELETE'],
  ])('%s sends %s', (command, method) => {
    expect(plan(command, 'http://h/').method).toBe(method);
  });

  test('request sends the method named', () => {
    expect(plan('request', '-X', 'PATCH', 'http://h/').method).toBe('PATCH');
  });

  test('options before, between and behind; short ones in one word', () => {
    const read = plan('-sv', 'get', '--parallel=2', 'http://h/a', '-i', 'http://h/b');
    expect(read).toMatchObject({ silent: true, verbose: true, progress: false, parallel: 2, include: true });
    expect(read.targets).toHaveLength(2);
  });

  test('everything behind -- is a URL', () => {
    expect(plan('get', '--', '-v').targets[0]?.url).toBe('http://-v');
  });

  test('headers keep their order; white space around the value goes', () => {
    const { headers } = plan('get', '-H', 'A: 1', '--header', 'b:2 ', '-H', 'A:', '-H', '@more.txt', 'http://h/');
    expect(headers).toEqual([
      { name: 'A', value: '1' },
      { name: 'b', value: '2' },
      { name: 'A', value: '' },
      { file: 'more.txt' },
    ]);
  });

  test.each([
    [['-d', 'a=1', '-d', 'b=2'], 'application/x-www-form-urlencoded', [{ text: 'a=1' }, { text: 'b=2' }]],
    [['-d', '@f'], 'application/octet-stream', [{ file: 'f' }]],
    [['-d', '@-'], 'application/octet-stream', [{ stdin: true }]],
    [['-d', '@f', '-d', 'x'], 'application/x-www-form-urlencoded', [{ file: 'f' }, { text: 'x' }]],
    [['--json-body', '{}'], 'application/json', [{ text: '{}' }]],
    [['-d', ''], 'application/x-www-form-urlencoded', [{ text: '' }]],
  ])('%j is a body of type %s', (options, contentType, parts) => {
    expect(plan('post', ...options, 'http://h/').body).toMatchObject({ contentType, parts });
  });

  test('times', () => {
    const read = plan('get', 'h', '--timeout', '500', '--connect-timeout', '2s', '--first-byte-timeout', '1.5s');
    expect(read.timeouts).toEqual({ transfer: 500, connect: 2000, firstByte: 1500 });
    expect(plan('get', 'h', '--idle-timeout', '2m', '--total-timeout=1h').timeouts).toEqual({ idle: 120_000, total: 3_600_000 });
  });

  test('head shows the head', () => {
    expect(plan('head', 'h').include).toBe(true);
  });

  test('one -o for each URL; - is standard output', () => {
    expect(plan('get', '-o', 'x', '-o', '-', 'h/1', 'h/2').targets.map(({ destination }) => destination)).toEqual([
      { kind: 'file', path: 'x' },
      { kind: 'stdout' },
    ]);
  });

  test('stores', () => {
    expect(plan('get', 'h').stores).toEqual({});
    const all = ['--cache', 'c', '--cache-mode', 'reload', '--cookie-jar', 'j', '--hsts', ''];
    expect(plan('get', 'h', ...all).stores).toEqual({ cache: 'c', cacheMode: 'reload', cookieJar: 'j', hsts: '' });
  });

  test('actions on stores: words and options anywhere behind the name', () => {
    const parsed = parseCommandLine(['cookies', '--domain', 'a', 'ls', 'jar', '--json', '--domain=b', '--', '-n']);
    if (parsed.kind !== 'inspect') throw new Error(`parsed as ${parsed.kind}`);
    const { group, action, words, given } = parsed.job;
    expect({ group: group.name, action: action.name, words }).toEqual({ group: 'cookies', action: 'ls', words: ['jar', '-n'] });
    expect([...given]).toEqual([
      ['domain', ['a', 'b']],
      ['json', ['']],
    ]);
  });

  test.each([
    [['help', 'cookies'], { kind: 'help', command: { name: 'cookies' } }],
    [['cookies', '--help'], { kind: 'help', command: { name: 'cookies' } }],
    [['--help', 'hsts'], { kind: 'help', command: { name: 'hsts' } }],
    [['cache', 'ls', '-h'], { kind: 'help', command: { name: 'cache' } }],
    [['--version'], { kind: 'version' }],
    [['-V'], { kind: 'version' }],
    [['--help'], { kind: 'help', command: null }],
    [['help'], { kind: 'help', command: null }],
    [['help', 'post'], { kind: 'help', command: { name: 'post' } }],
    [['post', '-h'], { kind: 'help', command: { name: 'post' } }],
  ])('%j', (argv, parsed) => {
    expect(parseCommandLine(argv)).toMatchObject(parsed);
  });
});

describe('a command line that makes no sense says what would', () => {
  test.each<[string[], RegExp, RegExp]>([
    [['get'], /at least one URL/, /qnam get http/],
    [[''], /unknown command/, /commands are get/],
    [['fetch', 'h'], /unknown command 'fetch'/, /qnam get fetch/],
    [['pots', 'h'], /unknown command 'pots'/, /did you mean qnam post/],
    [['get', '--timout', '5', 'h'], /unknown option --timout/, /did you mean --timeout/],
    [['get', '--verbos', 'h'], /unknown option --verbos/, /did you mean --verbose/],
    [['get', '-z', 'h'], /unknown option -z/, /--help/],
    [['get', 'h', '-o'], /-o needs a value/, /^$/],
    [['get', 'h', '-o', '--json'], /-o needs a value/, /^$/],
    [['get', '--json=yes', 'h'], /--json takes no value/, /^$/],
    [['get', '-d', 'x', 'h'], /get sends no body/, /qnam post -d/],
    [['delete', '-d', 'x', 'h'], /delete sends no body/, /qnam request -X DELETE/],
    [['post', '-d', 'x', '--json-body', '1', 'h'], /exclude/, /^$/],
    [['post', '--json-body', '1', '--json-body', '2', 'h'], /twice/, /^$/],
    [['post', '-d', '@-', '-d', '@-', 'h'], /can be read once/, /^$/],
    [['post', '-d', '@', 'h'], /names no file/, /^$/],
    [['get', '-X', 'PUT', 'h'], /-X goes with the command request/, /qnam request -X PUT/],
    [['request', 'h'], /needs a method/, /-X OPTIONS/],
    [['request', '-X', 'A B', 'h'], /no method/, /^$/],
    [['get', '-H', 'no colon', 'h'], /without a colon/, /Name: value/],
    [['get', '-H', 'bad name: x', 'h'], /no header name/, /Name: value/],
    [['get', '-H', 'A: x\r\nB: y', 'h'], /line break/, /^$/],
    [['get', '--parallel', '0', 'h'], /from 1 to 9999/, /^$/],
    [['get', '--parallel', 'x', 'h'], /from 1 to 9999/, /^$/],
    [['get', '--timeout', 'soon', 'h'], /--timeout is a time such as 500ms/, /^$/],
    [['get', '--priority', 'urgent', 'h'], /high, normal or low/, /^$/],
    [['get', '--redirects', 'all', 'h'], /--redirects is a number from 0 to 999, not 'all'/, /^$/],
    [['get', '-o', 'x', 'h/1', 'h/2'], /2 URLs but 1 -o/, /one -o for each URL/],
    [['get', '-o', 'x', '-o', 'x', 'h/1', 'h/2'], /both be written to x/, /its own -o/],
    [['get', '-O', '-o', 'x', 'h/1'], /exclude/, /^$/],
    [['get', '-O', 'http://h/'], /no file name/, /-o FILE/],
    [['get', '/etc/passwd'], /is a path/, /file:\/\//],
    [['get', ''], /empty URL/, /^$/],
    [['get', '--cache', '', 'h'], /--cache needs a directory/, /^$/],
    [['get', '--cookie-jar', '', 'h'], /--cookie-jar needs a file/, /^$/],
    [['get', '--cache-mode', 'reload', 'h'], /goes with --cache DIR/, /^$/],
    [
      ['get', '--cache', 'c', '--cache-mode', 'relaod', 'h'],
      /--cache-mode is default, .*, not 'relaod'/,
      /did you mean reload\?/,
    ],
    [['cache'], /cache needs an action: ls, show/, /qnam help cache/],
    [['cokies', 'ls', 'f'], /unknown command 'cokies'/, /did you mean qnam cookies/],
    [['cookies', 'list', 'f'], /unknown action 'list' of cookies/, /the actions are ls, show|did you mean/],
    [['cookies', 'exprot', 'f'], /unknown action 'exprot'/, /did you mean qnam cookies export\?/],
    [['cookies', 'ls'], /cookies ls needs more words/, /qnam cookies ls FILE \[NAME…\]/],
    [['cookies', 'clear', 'f', 'x'], /does not know what to do with 'x'/, /qnam cookies clear FILE/],
    [['cookies', 'ls', ''], /an empty word/, /qnam cookies ls/],
    [['cookies', 'ls', 'f', '--fix'], /unknown option --fix/, /^$/],
    [['cookies', 'ls', 'f', '--domian', 'x'], /unknown option --domian/, /did you mean --domain\?/],
    [['cookies', 'ls', 'f', '-x'], /unknown option -x/, /qnam help cookies/],
    [['cookies', 'rm', 'f', '--json'], /--json goes with cookies ls, show, not with rm/, /^$/],
    [['cookies', 'ls', 'f', '--domain', '--json'], /--domain needs a value: --domain NAME/, /^$/],
    [['-v', 'cookies', 'ls'], /cookies has to be the first word/, /qnam cookies ls/],
    [['help', 'gte'], /unknown command 'gte'/, /did you mean qnam get/],
  ])('%j', (argv, message, hint) => {
    let error: unknown;
    try {
      parseCommandLine(argv);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(message);
    expect((error as UsageError).hint ?? '').toMatch(hint);
  });

  test('the message for a broken header does not repeat what may be a secret', () => {
    expect(() => parseCommandLine(['get', '-H', 'Bearer s3cret', 'h'])).toThrow(/^(?!.*s3cret)/);
  });
});
