import { anatomy, type HeadText, itemsOf, valuesOf } from './anatomy.ts';

/** A form that Node's strict parser reads and that we refuse on purpose, or after which we close a connection that Node keeps. */
export interface Strictness {
  readonly id: string;
  readonly rfc: string;
  readonly what: string;
  /** How our parser puts it when it refuses; null where it reads the answer and closes. */
  readonly says: RegExp | null;
  /** What such an answer must show. Asked of the text, not of our parser. */
  readonly shows: (text: string) => boolean;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
const EXTENSIONS = new RegExp(`^(?:;${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?)*$`);

const heads = (text: string): readonly HeadText[] => anatomy(text).heads;
const last = (text: string): HeadText | undefined => heads(text).at(-1);
const statusLine = (text: string): string => last(text)?.statusLine ?? '';
const says = (head: HeadText | undefined, name: string, option: string): boolean =>
  itemsOf(head, name).some((item) => item.toLowerCase() === option);

export const STRICTNESS: readonly Strictness[] = [
  {
    id: 'version',
    rfc: 'RFC 9112 2.3, RFC 9110 2.5',
    what: 'the answer is not HTTP/1.0 or HTTP/1.1: another version was not asked for, and RTSP or ICY is not HTTP',
    says: /^the answer does not start with|^unknown HTTP version/,
    shows: (text) => !/^HTTP\/1\.[01] /.test(statusLine(text)),
  },
  {
    id: 'status-below-100',
    rfc: 'RFC 9110 15',
    what: 'a status below 100 is outside of every class',
    says: /^the status is below 100/,
    shows: (text) => /^HTTP\/1\.[01] 0/.test(statusLine(text)),
  },
  {
    id: 'reason-octets',
    rfc: 'RFC 9112 4',
    what: 'a reason phrase holds no control character but the tab',
    says: /^control character in the status line/,
    shows: (text) => heads(text).some((head) => /[^\t -~\x80-\xff]/.test(head.statusLine)),
  },
  {
    id: 'switching',
    rfc: 'RFC 9110 15.2.2, 7.8',
    what: 'status 101 switches to a protocol that the request did not offer (Node leaves it to listeners for upgrade)',
    says: /^status 101/,
    shows: (text) => /^HTTP\/1\.[01] 101/.test(statusLine(text)),
  },
  {
    id: 'coding',
    rfc: 'RFC 9112 6.1, 7.3',
    what: 'Transfer-Encoding is not chunked alone: we offer nothing else in TE, so the server cannot mean it (Node reads it undecoded)',
    says: /^Transfer-Encoding .* is not chunked/s,
    shows: (text) =>
      heads(text).some(
        (head) =>
          valuesOf(head, 'Transfer-Encoding').length > 0 &&
          valuesOf(head, 'Transfer-Encoding').join().toLowerCase() !== 'chunked',
      ),
  },
  {
    id: 'extension',
    rfc: 'RFC 9112 7.1.1',
    what: 'a chunk extension is a token, with a token or a closed quoted string as its value; neither is empty',
    says: /^a chunk extension is malformed/,
    shows: (text) =>
      [...text.matchAll(/(?:^|\r\n)[0-9a-f]+(;[^\r\n]*)/gi)].some(([, extensions]) => !EXTENSIONS.test(extensions!)),
  },
  {
    id: 'framing-trailer',
    rfc: 'RFC 9110 6.5.1',
    what: 'Content-Length and Transfer-Encoding say how a message is framed and must not come behind it',
    says: /^trailers: a field of message framing/,
    shows: (text) => /\r\n(?:content-length|transfer-encoding):/i.test(anatomy(text).body),
  },
  {
    id: 'length-beyond-integers',
    rfc: 'RFC 9110 8.6',
    what: 'a length above 2^53 - 1 cannot be counted exactly (it matters where the length is not used: HEAD, 204, 304)',
    says: /^Content-Length .* is not one decimal number/s,
    shows: (text) =>
      heads(text).some(({ lines }) =>
        lines.some((line) => Number(/^content-length:[ \t]*([0-9]+)[ \t]*$/i.exec(line)?.[1]) > Number.MAX_SAFE_INTEGER),
      ),
  },
  {
    id: 'limits',
    rfc: 'RFC 9110 2.3, RFC 9112 7.1.1',
    what: 'more interim answers, more empty lines before an answer or longer chunk extensions than anybody needs',
    says: /^more than \d+ interim answers|^empty lines instead|^chunk extensions are longer/,
    shows: (text) =>
      heads(text).length > 64 ||
      heads(text).some(({ blanks }) => blanks.length > 64) ||
      /\r\n[0-9a-f]+;[^\r\n]{4000}/i.test(text),
  },
  {
    id: 'interim-closes',
    rfc: 'RFC 9112 9.6, 6.1',
    what: 'an interim answer after which the connection would be closed: nothing may follow (Node refuses it where it would close)',
    says: /^an interim answer ends the connection/,
    shows: (text) => heads(text).some((head) => /^HTTP\/1\.[01] 1/.test(head.statusLine) && closes(head)),
  },
  {
    id: 'closes-1.0-coding',
    rfc: 'RFC 9112 6.1',
    what: 'HTTP/1.0 knows no Transfer-Encoding: the framing counts as faulty and the connection is closed (Node keeps it)',
    says: null,
    shows: (text) => hasOldCoding(last(text)),
  },
  {
    id: 'closes-said',
    rfc: 'RFC 9112 9.3, 9.6',
    what: 'Connection or Proxy-Connection says close, beside keep-alive in HTTP/1.0 or with a tab around it (Node keeps the connection)',
    says: null,
    shows: (text) => saysClose(last(text)),
  },
  {
    id: 'closes-proxy-word',
    rfc: 'RFC 9112 C.2.2',
    what: 'Proxy-Connection: keep-alive is no word of HTTP/1.0 (Node keeps the connection)',
    says: null,
    shows: (text) => hasProxyWord(last(text)),
  },
];

const isOld = (head: HeadText | undefined): boolean => head?.statusLine.startsWith('HTTP/1.0') === true;
const hasOldCoding = (head: HeadText | undefined): boolean => isOld(head) && valuesOf(head, 'Transfer-Encoding').length > 0;
const saysClose = (head: HeadText | undefined): boolean =>
  says(head, 'Connection', 'close') || says(head, 'Proxy-Connection', 'close');
const hasProxyWord = (head: HeadText | undefined): boolean =>
  isOld(head) && says(head, 'Proxy-Connection', 'keep-alive') && !says(head, 'Connection', 'keep-alive');
const closes = (head: HeadText | undefined): boolean => hasOldCoding(head) || saysClose(head) || hasProxyWord(head);
