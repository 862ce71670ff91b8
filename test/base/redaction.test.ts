import { describe, expect, it } from 'vitest';
import { hideInBody } from '../../src/base/body-redaction.ts';
import { hideInHeader, hideInText } from '../../src/base/redaction.ts';
import { isSecretName } from '../../src/base/secret-names.ts';

const FORM = 'application/x-www-form-urlencoded';
/** What patterns could be long about. */
const LONG = [
  `?${'a'.repeat(100_000)}`,
  '&='.repeat(50_000),
  `${'//'.repeat(50_000)}@=`,
  `"${'\\\\'.repeat(100_001)}`,
  `?a=${'%25'.repeat(50_000)}`,
  '?a='.repeat(50_000),
  `?token=${'.'.repeat(100_000)}x`,
  'a.'.repeat(50_000),
  `<a ${' '.repeat(100_000)}`,
  '{"'.repeat(50_000),
  '[]'.repeat(50_000),
  '--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n'.repeat(1_000),
  // one in another, and so on
  ['a', ...Array.from({ length: 40_000 }, (_, i) => `b${i}`)]
    .map((b) => `--${b}\r\nContent-Type: multipart/mixed\r\n\r\n`)
    .join(''),
];

describe('names of secrets', () => {
  it.each([
    'token',
    'access_token',
    'X-Auth-Token',
    'idToken',
    'password',
    'PassWord',
    'user[password]',
    'user[key]',
    'passwd',
    'pwd',
    'secret',
    'client_secret',
    'api_key',
    'apiKey',
    'api-key',
    'key',
    'sig',
    'X-Amz-Signature',
    'code',
    'sessionid',
    'PHPSESSID',
    'jwt',
    'credentials',
    'private_key',
    'client_assertion',
    'device_code',
    'oauth_verifier',
    'subscription-key',
    'passkey',
    'max_tokens',
  ])('%s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });
  it.each(
    'page name keyboard monkey passenger author encoding design id q token_type token_endpoint signature_method token_expires_in'.split(
      ' ',
    ),
  )('not %s', (name) => {
    expect([isSecretName(name), isSecretName('')]).toEqual([false, false]);
  });
  it('own ones', () => {
    expect([isSecretName('Mine', ['mine']), isSecretName('mine2', ['mine'])]).toEqual([true, false]);
  });
});

describe('text', () => {
  it.each([
    ['http://a:b@h/x', 'http://***@h/x'],
    [
      'see http://a@h/?token=1&x=2#id_token=3 and https://b:c@i/',
      'see http://***@h/?token=***&x=2#id_token=*** and https://***@i/',
    ],
    ['/p?%70assword=1&a=2', '/p?%70assword=***&a=2'],
    ["http://u:it's@h/", 'http://***@h/'],
    ["/?password=it's;me&a=1", '/?password=***&a=1'],
    ["asked '/?password=x' (see /?token=y), or /?pin=1.", "asked '/?password=***' (see /?token=***), or /?pin=***."],
    ['/?next=/x?token=y', '/?next=/x?token=***'],
    ['/?a=1;token=x', '/?a=1;token=***'],
    ['/?password=!?', '/?password=***'],
    [
      '/in?next=http%3A%2F%2Fu%3Ap%40h%2F%3Fa%3Db%26token%3Dx+y&a=%2F',
      '/in?next=http%3A%2F%2F***%40h%2F%3Fa%3Db%26token%3D***&a=%2F',
    ],
    ['/?u=%252F%253Ftoken%253Dx', '/?u=%252F%253Ftoken%253D***'],
    ['/?v=%7B%22token%22%3A%22x%22%7D', '/?v=%7B%22token%22%3A%22***%22%7D'],
    ['?token=&a', '?token=&a'],
    ['a=b', 'a=b'],
    ['nothing', 'nothing'],
    ['mail a@b.c', 'mail a@b.c'],
  ])('%s', (text, shown) => {
    expect(hideInText(text)).toBe(shown);
    expect(hideInText(shown)).toBe(shown);
  });
  it('takes no longer for what is made to take long', () => {
    const before = performance.now();
    for (const text of LONG) {
      hideInText(text);
      for (const type of ['application/json', 'text/plain', 'text/xml', 'multipart/form-data; boundary=a', FORM])
        hideInBody(text, type);
    }
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

describe('fields', () => {
  it.each([
    ['Authorization', 'Bearer abc', 'Bearer ***'],
    ['authorization', 'abc', '***'],
    ['Proxy-Authorization', 'Basic YTpi', 'Basic ***'],
    ['Cookie', 'a=1; b=2', 'a=***; b=***'],
    ['Set-Cookie', 'a=1; Path=/; HttpOnly', 'a=***; Path=/; HttpOnly'],
    ['Set-Cookie', 'a', '***'],
    ['X-API-Key', '1', '***'],
    ['X-My-Own-Token', '1', '***'],
    ['Location', '/x?code=1&a=2', '/x?code=***&a=2'],
    ['Referer', 'https://u:p@h/?pwd=x', 'https://***@h/?pwd=***'],
    ['Set-Cookie', 'a=1; Path=/\nb=2', 'a=***; Path=/\nb=***'],
    ['Set-Cookie2', 'a=1; Version=1', 'a=***; Version=1'],
    ['Cookie2', '$Version=1', '***'],
    ['Link', '<http://u:p@h/?token=x>; rel=next', '<http://***@h/?token=***>; rel=next'],
    ['Refresh', "0;url='/x?token=1'", "0;url='/x?token=***'"],
    ['DPoP', 'ey.ey.x', '***'],
    ['npm-otp', '123456', '***'],
    ['X-Master-Key', 'x', '***'],
    ['X-Session', 'x', '***'],
    ['Sec-WebSocket-Protocol', 'v4, base64url.bearer.x', '***'],
    ['Authentication-Info', 'rspauth="x"', '***'],
    ['WWW-Authenticate', 'Digest realm="a", nonce="b"', 'Digest realm="a", nonce="b"'],
    ['Access-Control-Allow-Credentials', 'true', 'true'],
    ['X-RateLimit-Remaining-Tokens', '5', '5'],
    ['Sec-WebSocket-Key', 'x', 'x'],
    ['Accept', 'a/b', 'a/b'],
  ])('%s: %s', (name, value, shown) => {
    expect(hideInHeader(name, value)).toBe(shown);
    expect(hideInHeader(name, shown)).toBe(shown);
  });
});

describe('bodies', () => {
  it.each([
    ['application/x-www-form-urlencoded', 'a=1&password=2&pass%77ord=3', 'a=1&password=***&pass%77ord=***'],
    [
      'application/json; charset=utf-8',
      '{ "a": 1, "token" : "x\\"y", "b": [ {"pin": 12} ] }',
      '{ "a": 1, "token" : "***", "b": [ {"pin": "***"} ] }',
    ],
    [
      'application/problem+json',
      '{"secret":{"a":["x",1,null,true]},"b":"x"}',
      '{"secret":{"a":["***","***",null,"***"]},"b":"x"}',
    ],
    ['application/json', '["token","x"]', '["token","x"]'],
    ['application/json', '{"\\u0074oken":"x"}', '{"\\u0074oken":"***"}'],
    ['application/json', '{"a":"token","b":"x"}', '{"a":"token","b":"x"}'],
    ['application/json', '{"token":"cut of', '{"token":"***"'],
    ['application/x-ndjson', '{"token":"a"}\n{"token":"b"}', '{"token":"***"}\n{"token":"***"}'],
    [
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="pwd"\r\n\r\nx\r\n--b--',
      '--b\r\nContent-Disposition: form-data; name="pwd"\r\n\r\n***\r\n--b--',
    ],
    ['text/plain', 'password=x', 'password=x'],
    [FORM, 'password=my "own" secret&a=1', 'password=***&a=1'],
    [FORM, 'payload=%7B%22token%22%3A%22x%22%7D', 'payload=%7B%22token%22%3A%22***%22%7D'],
    [FORM, '{"password":"x"}', '{"password":"***"}'],
    ['text/plain;charset=UTF-8', ' {"password":"x"}', ' {"password":"***"}'],
    ['', '[{"password":"x"}]', '[{"password":"***"}]'],
    ['image/png', '{"password":"x"}', '{"password":"x"}'],
    [
      'application/json',
      '{"u":"https:\\/\\/h\\/?a=1\\u0026token\\u003dx y","v":"http://u:p@h"}',
      '{"u":"https://h/?a=1&token=*** y","v":"http://***@h"}',
    ],
    ['application/json', '{"p":"{\\"password\\":\\"x\\"}"}', '{"p":"{\\"password\\":\\"***\\"}"}'],
    ['application/json', '{"u":"/?token=cut of', '{"u":"/?token=*** of"'],
    [
      'application/json',
      '{"token_type":"Bearer","usage":{"total_tokens":5,"tokens_details":{"a":[1,"x"]}},"tokens":["x"]}',
      '{"token_type":"Bearer","usage":{"total_tokens":5,"tokens_details":{"a":[1,"***"]}},"tokens":["***"]}',
    ],
    [
      'multipart/form-data; boundary="b c"',
      '--b c\r\nContent-Disposition: form-data; name=pwd\r\n\r\nx\r\n--b\r\ny\r\n--b c\r\nContent-Type: application/json\r\n\r\n{"pin":1}\r\n--b c--\r\n',
      '--b c\r\nContent-Disposition: form-data; name=pwd\r\n\r\n***\r\n--b c\r\nContent-Type: application/json\r\n\r\n{"pin":"***"}\r\n--b c--\r\n',
    ],
    [
      'multipart/form-data',
      '--b\r\nContent-Disposition: form-data; name="pwd"; filename="a"\r\n\r\nx',
      '--b\r\nContent-Disposition: form-data; name="pwd"; filename="a"\r\n\r\n***',
    ],
    [
      'application/soap+xml',
      '<w:Password Type="a">x</w:Password><Key>a</Key><c secret="x" xmlns:token="u"/>',
      '<w:Password Type="a">***</w:Password><Key>a</Key><c secret="***" xmlns:token="u"/>',
    ],
    [
      'text/event-stream',
      'data: {"token":"x"}\n\ndata: at http://h/?token=x\n',
      'data: {"token":"***"}\n\ndata: at http://h/?token=***\n',
    ],
    ['text/html', '<a href="http://h/?a=1&amp;token=x">b;key=c</a>', '<a href="http://h/?a=1&amp;token=***">b;key=c</a>'],
  ])('%s %s', (type, text, shown) => {
    expect(hideInBody(text, type)).toBe(shown);
    expect(hideInBody(shown, type)).toBe(shown);
  });
  it('of megabytes', () => {
    const long = 'x'.repeat(10_000_000);
    expect(hideInBody(`{"a":"${long}","token":"${long}"}`, 'application/json')).toBe(`{"a":"${long}","token":"***"}`);
  });
});
