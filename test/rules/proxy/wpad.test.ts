import { describe, expect, it } from 'vitest';
import { wpadUrls } from '../../../src/rules/proxy/wpad.ts';
import { publicSuffixes } from '../../../src/stores/cookies/public-suffixes.ts';

describe('where a network may keep its proxy script', () => {
  it.each<[domains: string[], hosts: string[]]>([
    [['a.b.example.com'], ['wpad.a.b.example.com', 'wpad.b.example.com', 'wpad.example.com']],
    [['example.co.uk'], ['wpad.example.co.uk']],
    [['Corp.Example.COM.'], ['wpad.corp.example.com', 'wpad.example.com']],
    [
      ['a.example.com', 'b.example.com'],
      ['wpad.a.example.com', 'wpad.example.com', 'wpad.b.example.com'],
    ],
    // nobody registers those, so two labels are as far as it goes
    [['site.corp.internal'], ['wpad.site.corp.internal', 'wpad.corp.internal']],
    // public suffixes and single labels belong to others
    [['co.uk'], []],
    [['com'], []],
    [['lan'], []],
    [['github.io'], []],
    [['me.github.io'], ['wpad.me.github.io']],
    [['', '.', '..', 'a..b', '10.0.0.1', 'a b.example.com', 'x/y.example.com', 'u@example.com'], []],
  ])('%j', (domains, hosts) => {
    expect(wpadUrls(domains, publicSuffixes)).toEqual(hosts.map((host) => `http://${host}/wpad.dat`));
  });

  it('is looked for at eight places at most', () => {
    expect(wpadUrls(['a.b.c.d.e.f.g.h.i.example.com'], publicSuffixes)).toHaveLength(8);
  });
});
