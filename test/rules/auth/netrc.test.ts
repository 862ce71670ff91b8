import { describe, expect, it } from 'vitest';
import { netrcEntry, readNetrc } from '../../../src/rules/auth/netrc.ts';

/** `host user password`, `*` for default, one entry after the other. */
const shown = (text: string): string[] => {
  const { entries, problem } = readNetrc(text);
  const lines = entries.map(({ host, user, password }) => `${host ?? '*'} ${user} ${password}`);
  return problem === '' ? lines : [...lines, problem];
};

describe('netrc', () => {
  it.each<[what: string, text: string, expected: string[]]>([
    ['nothing', '', []],
    ['one line', 'machine a login u password p', ['a u p']],
    ['many lines', 'machine a\n\tlogin u\r\n  password p\n', ['a u p']],
    ['values on lines of their own', 'machine\na\nlogin\nu\npassword\np', ['a u p']],
    ['password first', 'machine a password p login u', ['a u p']],
    ['several machines', 'machine a login u password p\nmachine b login v password q', ['a u p', 'b v q']],
    ['the same machine twice', 'machine a login u password p\nmachine a login v password q', ['a u p', 'a v q']],
    ['keywords and hosts in capitals', 'MACHINE A.Example Login U Password P', ['a.example U P']],
    ['an account', 'machine a login u account password password p', ['a u p']],
    ['default', 'machine a login u password p default login d password e', ['a u p', '* d e']],
    ['values like keywords', 'machine login login machine password default', ['login machine default']],
    ['words behind no machine', 'login u password p\nmachine a login v', ['a v ']],
    ['unknown words', 'machine a port 21 login u', ['a u ']],
    ['a keyword without a value', 'machine a login u password', ['a u ']],
    ['a byte order mark', '\ufeffmachine a login u', ['a u ']],

    ['a comment', '# machine x\nmachine a login u # password p\n#', ['a u ']],
    ['# inside of a word', 'machine a login u#1 password p#', ['a u#1 p#']],
    ['# in front of a value', 'machine a login u password #p\nq', ['a u q']],
    ['# in quotes', 'machine a password "#p"', ['a  #p']],

    ['quotes', 'machine "a" login "u v" password ""', ['a u v ']],
    ['escapes in quotes', String.raw`machine a password "\"\\\n\r\t\x"`, ['a  "\\\n\r\tx']],
    ['no escapes without', String.raw`machine a password \"\n`, ['a  \\"\\n']],
    ['a quote inside of a word', 'machine a password p"q', ['a  p"q']],
    ['quotes that touch', 'machine a login "u"password p', ['a u p']],
    ['a keyword in quotes', 'machine a "login" "password" p', ['a  ']],
    ['a quote that stays open', 'machine a login u\nmachine b login "u', ['a u ', 'line 2 has a quote that is not closed']],
    ['an escape at the end', 'machine a login "u\\', ['line 1 has a quote that is not closed']],
    ['a lonely quote', '"', ['line 1 has a quote that is not closed']],

    ['a macro', 'machine a login u\nmacdef init\nmachine x login y\n"cd\n\npassword p', ['a u p']],
    ['a macro up to a line of blanks', 'macdef init\nmachine x\n \t\r\nmachine a', ['a  ']],
    ['a macro up to the end', 'machine a\nmacdef init\nmachine x', ['a  ']],
  ])('%s', (_, text, expected) => expect(shown(text)).toEqual(expected));

  const file = readNetrc(
    'machine a login u password p\nmachine A login v\nmachine none\nmachine ::1 login six\ndefault login d\nmachine late login l',
  );
  it.each([
    ['a', 'u'],
    ['A', 'u'],
    ['none', undefined],
    ['[::1]', 'six'],
    ['b', 'd'],
    // as curl: default is for all that come behind it as well
    ['late', 'd'],
  ])('knows %s as %s', (host, user) => expect(netrcEntry(file, host)?.user).toBe(user));

  it('knows nobody without a default', () => expect(netrcEntry(readNetrc('machine a login u'), 'b')).toBeNull());
});
