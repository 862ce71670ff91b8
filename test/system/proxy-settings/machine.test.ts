import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ownAddresses } from '../../../src/system/pac/place.ts';
import { thisMachine } from '../../../src/system/proxy-settings/machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-machine-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('this machine', () => {
  const { output, text } = thisMachine();

  it('runs programs without a shell', async () => {
    expect(await output(process.execPath, ['-e', 'console.log(process.argv[1])', '$HOME;`id`'])).toBe('$HOME;`id`\n');
  });

  it.each<[what: string, program: string, code: string]>([
    ['is not there', join(folder, 'nothing'), ''],
    ['fails', process.execPath, 'console.log("said"); process.exit(1)'],
    ['says too much', process.execPath, 'process.stdout.write("x".repeat(2e6))'],
    ['does not end', process.execPath, 'console.log("said"); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'],
  ])('hears nothing of a program that %s', async (_, program, code) => {
    expect(await output(program, ['-e', code])).toBe('');
  });

  it('reads files, and nothing of what is none or too large', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'text é');
    expect(await text(file)).toBe('text é');
    writeFileSync(file, 'x'.repeat(1_048_577));
    expect(await text(file)).toBe('');
    expect(await text(folder)).toBe('');
    expect(await text(join(folder, 'nothing'))).toBe('');
  });
});

describe('the addresses of a machine', () => {
  it('are those of others’ links, those that count on one link last', () => {
    const info = (address: string, internal = false) => ({ address, internal }) as never;
    const interfaces = {
      lo: [info('127.0.0.1', true), info('::1', true)],
      eth0: [info('fe80::1%eth0'), info('169.254.1.1'), info('10.1.2.3'), info('2001:db8::1')],
      off: undefined,
    };
    expect(ownAddresses(interfaces)).toEqual(['10.1.2.3', '2001:db8::1', 'fe80::1', '169.254.1.1']);
  });
});
