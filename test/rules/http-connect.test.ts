import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { closedEarly, connectAnswer, connectHead, noHttp } from '../../src/rules/http-connect.ts';

const NOTHING = { host: 'site.test', port: 443, headers: new HeaderList(), userAgent: '', authorization: '' };

describe('a CONNECT request', () => {
  it('has its fields in the order of Qt, and the port in Host', () => {
    const text = connectHead({
      ...NOTHING,
      headers: new HeaderList(['X-Proxy-Token', 'tok', 'x-b', '']),
      userAgent: 'mine/1',
      authorization: 'Basic cHU6cHA=',
    });
    expect(text.split('\r\n')).toEqual([
      'CONNECT site.test:443 HTTP/1.1',
      'Proxy-Connection: keep-alive',
      'Host: site.test:443',
      'X-Proxy-Token: tok',
      'x-b: ',
      'User-Agent: mine/1',
      'Proxy-Authorization: Basic cHU6cHA=',
      '',
      '',
    ]);
  });

  it.each([
    ['2001:db8::1', 'CONNECT [2001:db8::1]:443 HTTP/1.1', 'Host: [2001:db8::1]:443'],
    ['fe80::1%eth0', 'CONNECT [fe80::1]:443 HTTP/1.1', 'Host: [fe80::1]:443'],
  ])('for %s', (host, line, field) => {
    expect(connectHead({ ...NOTHING, host })).toBe(`${line}\r\nProxy-Connection: keep-alive\r\n${field}\r\n\r\n`);
  });

  it("lets the proxy's own fields stand in for ours, but not for those that say where it goes and where it ends", () => {
    const own = ['User-Agent', 'own', 'proxy-connection', 'close', 'Proxy-Authorization', 'Own x'];
    const headers = new HeaderList([...own, 'host', 'evil', 'Content-Length', '5', 'transfer-encoding', 'chunked']);
    const head = 'CONNECT site.test:443 HTTP/1.1\r\nHost: site.test:443\r\nUser-Agent: own\r\nproxy-connection: close\r\n';
    expect(connectHead({ ...NOTHING, headers, userAgent: 'mine/1' })).toBe(`${head}Proxy-Authorization: Own x\r\n\r\n`);
    expect(connectHead({ ...NOTHING, headers, authorization: 'Basic x' })).toBe(`${head}Proxy-Authorization: Basic x\r\n\r\n`);
  });
});

describe('its answer', () => {
  const answer = (status: number, ...flat: string[]): unknown => connectAnswer(status, 1, new HeaderList(flat));

  it.each([200, 201, 204, 299])('%i opens the tunnel, whatever its fields say', (status) => {
    expect(answer(status, 'Content-Length', '5', 'Transfer-Encoding', 'gzip')).toEqual({ kind: 'tunnel' });
  });

  it.each([100, 103])('%i is followed by another', (status) => {
    expect(answer(status)).toEqual({ kind: 'interim' });
  });

  it.each([
    [403, 'network', 'Proxy denied connection'],
    [405, 'network', 'Proxy denied connection'],
    [404, 'network', 'Error communicating with HTTP proxy'],
    [503, 'refused', 'Connection refused'],
    [302, 'network', 'Error communicating with HTTP proxy'],
    [401, 'network', 'Error communicating with HTTP proxy'],
    [500, 'network', 'Error communicating with HTTP proxy'],
    [502, 'network', 'Error communicating with HTTP proxy'],
  ])('%i denies it, and has a page', (status, kind, why) => {
    expect(answer(status, 'Content-Length', '9')).toEqual({
      kind: 'denied',
      fault: expect.objectContaining({ kind, why }),
      framing: { by: 'length', length: 9 },
    });
  });

  it('with nonsense in it is none', () => {
    const why = expect.stringMatching(/^Did not receive HTTP response from proxy: /);
    const expected = expect.objectContaining({ kind: 'denied', fault: expect.objectContaining({ kind: 'network', why }) });
    expect(answer(502, 'Content-Length', 'x')).toEqual(expected);
    expect(answer(407, 'Content-Length', 'x')).toEqual(expected);
    expect(answer(101)).toEqual(expected);
    expect(noHttp('x')).toEqual(expect.objectContaining({ kind: 'network', why }));
    expect(closedEarly().kind).toBe('proxy-closed');
  });

  it('407 asks for credentials, and says whether this connection can be asked again', () => {
    const asks = (minor: 0 | 1, ...flat: string[]): unknown =>
      connectAnswer(407, minor, new HeaderList(['Proxy-Authenticate', 'Basic realm="P"', ...flat]));
    const challenges = ['Basic realm="P"'];
    const sized = ['Content-Length', '9'];
    const framing = { by: 'length', length: 9 };
    expect(asks(1, ...sized)).toEqual({ kind: 'challenge', challenges, framing, keepsAlive: true });
    expect(asks(1, ...sized, 'proxy-authenticate', 'NTLM')).toMatchObject({ challenges: [...challenges, 'NTLM'] });
    expect(asks(1, ...sized, 'Connection', 'close')).toMatchObject({ keepsAlive: false });
    expect(asks(1, ...sized, 'Proxy-Connection', 'close')).toMatchObject({ keepsAlive: false });
    expect(asks(0, ...sized)).toMatchObject({ keepsAlive: false });
    expect(asks(1)).toMatchObject({ keepsAlive: false, framing: { by: 'close' } });
  });
});
