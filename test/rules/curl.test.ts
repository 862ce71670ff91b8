import { expect, it } from 'vitest';
import { curlCommand } from '../../src/rules/curl.ts';

// what a shell makes of the commands is tested with one, in test/interop/shell.test.ts

it('a curl command holds nothing that a terminal takes for a key', () => {
  for (let code = 1; code < 0x100; code++) {
    const text = `a${String.fromCharCode(code)}'!`;
    const shown = curlCommand({
      method: 'POST',
      url: 'http://h.test/',
      socket: '',
      headers: code === 10 || code === 13 ? [] : [['X-A', text]],
      body: Buffer.from(text),
      decodes: false,
      follows: false,
      secrets: true,
    });
    expect(shown, String(code)).not.toMatch(/[\0-\t\x0b-\x1f\x7f-\x9f]/);
  }
});
