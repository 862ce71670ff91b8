import type { Advice } from './words.ts';

const CREDENTIALS = 'manager.authenticationRequired.connect((reply, who) => { who.setUser(user); who.setPassword(password); })';
/** For schemes that want a token and no password. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a line of a program
export const TOKEN_LINE = "request.setRawHeader('Authorization', `Bearer ${token}`)";
const PATIENCE = 'manager.get(url, { timeout: { firstByte: 60_000 } })';

/** In the place of another limit. */
export const LONGER: Pick<Advice, 'code' | 'option'> = { code: 'manager.get(url, { timeout: 60_000 })', option: '--timeout 60s' };

/** What comes over a connection that stands. */
export const HTTP = {
  // ---- HTTP
  'http-on-tls-port': {
    what: 'the server at {place} speaks TLS, and was asked in plain http',
    fix: 'Write https:// in the URL.',
    code: "manager.get('{secureUrl}')",
  },
  'closed-without-answer': {
    what: 'the server closes the connection without an answer',
    fix: 'See the log of the server; it may have crashed.',
  },
  'no-answer': {
    what: 'the server takes the request and does not answer within {limit} ms',
    fix: 'See what the server does; if it takes its time, wait longer.',
    code: PATIENCE,
    option: '--first-byte-timeout 60s',
  },
  'not-http': { what: 'what answers at {place} is no HTTP: {detail}', fix: 'Check the port: another service listens there.' },
  'broken-http': { what: 'the answer breaks the rules of HTTP: {detail}', fix: 'Correct the server, or what stands before it.' },
  'http2-broken': {
    what: 'the server breaks HTTP/2: {detail}',
    fix: 'Correct the server; until then speak HTTP/1.1 with it.',
    code: 'request.setAttribute(QNetworkRequest.Http2AllowedAttribute, false)',
  },
  'cut-off': {
    what: 'the connection ends before the answer is complete',
    fix: 'Correct the server: it sends less than it announces, or it, or a proxy before it, gives up.',
  },
  stalls: {
    what: 'the answer begins, and then stands still for {limit} ms',
    fix: 'See what the server does; if it takes its time, wait longer.',
    code: 'manager.get(url, { timeout: { idle: 60_000 } })',
    option: '--idle-timeout 60s',
  },
  'too-slow': {
    what: 'the answer is not complete after {limit} ms',
    fix: 'See what makes the server slow; if all is well there, give it more time.',
    code: 'manager.get(url, { timeout: { total: 600_000 } })',
    option: '--total-timeout 10m',
  },
  'broken-coding': {
    what: 'the body is not coded as Content-Encoding says: {detail}',
    fix: 'Correct the server; until then ask for the body without a coding.',
    code: "request.setRawHeader('Accept-Encoding', 'identity')",
  },
  'redirect-loop': { what: 'the redirects do not end: {detail}', fix: 'Correct the redirects of the server.' },
  'cookies-needed': {
    what: 'the redirects do not end, because the cookies that the server sets are not sent back',
    fix: 'Keep cookies.',
    code: 'manager.setCookieJar(new QNetworkCookieJar())',
    option: '--cookie-jar cookies.json',
  },
  'redirect-insecure': {
    what: 'the server leads from https to plain http: {detail}',
    fix: 'Correct the redirect of the server; ask for the target yourself if nothing secret goes there.',
  },
  'redirect-policy': {
    what: 'the server leads where the policy of the manager does not go: {detail}',
    fix: 'Allow other origins, if they are to be trusted.',
    code: 'manager.setRedirectPolicy(QNetworkRequest.NoLessSafeRedirectPolicy)',
  },
  'redirect-nowhere': {
    what: 'the server redirects to nowhere: {detail}',
    fix: 'Correct the Location field that the server sends.',
  },
  'hsts-forces-https': {
    what: '{host} is remembered as one that wants https (HSTS), and does not speak it',
    fix: 'Let the server speak TLS again; if it has given TLS up for good, have {known} forgotten (qnam hsts rm {known}).',
    code: "manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(0), 0, '{known}')])",
  },
  'cookie-refused': {
    what: 'the cookie {cookie} of the server is not kept: {detail}',
    fix: 'Correct the Set-Cookie field of the server.',
  },
  'clock-wrong': {
    what: 'the clocks of this machine and of the server differ by {detail}',
    fix: 'Set the clock of whichever is wrong; cookies, caches and certificates depend on it.',
  },

  // ---- what servers say
  'auth-needed': {
    what: 'the server wants to know who asks ({detail})',
    fix: 'Give it a user name and a password, or a token.',
    code: CREDENTIALS,
  },
  'auth-refused': {
    what: 'the server does not accept who we are ({detail})',
    fix: 'Correct the user name, the password or the token.',
    code: CREDENTIALS,
  },
  forbidden: {
    what: 'the server does not allow it (403)',
    fix: 'Ask whoever runs the server for the right to it; who we are may have to be said.',
  },
  'not-found': {
    what: 'the server has nothing of that name ({status})',
    fix: 'Check the path of the URL, upper and lower case as well.',
  },
  'not-allowed': { what: 'the server does not take GET here (405)', fix: 'Use a method that it allows: {detail}.' },
  'wrong-server': {
    what: 'the server says that it is not the one for {host} (421)',
    fix: 'Correct the names that the server answers for.',
  },
  'rate-limited': {
    what: 'the server finds that it is asked too often (429)',
    fix: 'Ask less often; it can be asked again: {detail}.',
  },
  'fields-too-large': {
    what: 'the server finds the fields of the request too large (431)',
    fix: 'Send fewer and shorter fields; cookies are among them.',
  },
  'captive-portal': { what: 'this network wants you to sign in first (511)', fix: 'Open a page in a browser and sign in.' },
  'client-error': { what: 'the server refuses the request ({status})', fix: 'See what its answer says.' },
  'gateway-error': {
    what: 'a server before the server cannot reach it ({status})',
    fix: 'Start the server behind it, or correct its address there.',
  },
  unavailable: { what: 'the server cannot answer now (503)', fix: 'Ask again later: {detail}.' },
  'server-error': { what: 'the server has failed ({status})', fix: 'See the log of the server.' },
  failed: { what: 'the request failed: {detail}', fix: 'See the documentation of the error.' },
} as const satisfies Readonly<Record<string, Advice>>;
