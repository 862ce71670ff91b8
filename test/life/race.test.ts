import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const RACE = fileURLToPath(new URL('../../bench/race.mjs', import.meta.url));

it('the keep-alive race loses no GET and sends no POST twice', async () => {
  const { code, out } = await new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, [RACE, '--count', '240', '--seed', '7'], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: stdout + stderr });
    });
  });
  expect(out.trim().split('\n').at(-1)).toMatch(
    /^240 requests, [1-9]\d* resent: 160 GETs, 0 lost; 80 POSTs, \d+ answered, \d+ maybe processed, 0 sent twice$/,
  );
  expect(code).toBe(0);
});
