// The curl program, where it is installed: one process for a piece of work, so its figures contain its start (some milliseconds).
import { spawn } from 'node:child_process';

/** Runs curl and adds up its own CPU time through the shell's `times`, since Node does not tell what a child cost. */
function curl(args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', 'curl "$@"; code=$?; times >&2; exit $code', 'curl', '-sS', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (d) => {
      out += d.toString('latin1');
    });
    child.stderr.on('data', (d) => {
      err += d;
    });
    child.on('error', reject);
    child.stdin.on('error', () => {});
    if (input === undefined) child.stdin.end();
    else input.pipe(child.stdin);
    child.on('close', (code) => {
      // Second line of `times`: user and system time of the children, as 0m0.012s.
      const times = [...err.matchAll(/(\d+)m([\d.]+)s/g)].slice(-2).map((m) => (Number(m[1]) * 60 + Number(m[2])) * 1e6);
      if (code === 0) resolve({ out, cpu: times[0] + times[1] });
      else reject(new Error(`curl ended with ${code}: ${err.slice(0, 200)}`));
    });
  });
}

const range = (url, n) => `${url}?[1-${n}]`;
const answers = (out) =>
  out
    .trim()
    .split('\n')
    .map((l) => l.split(' ').map(Number));
const FORMAT = ['-w', '%{http_code} %{size_download}\n', '-o', '/dev/null'];

async function run(args, n) {
  const { out, cpu } = await curl([...FORMAT, ...args]);
  const rows = answers(out);
  return { n, ok: rows.filter(([status]) => status === 200).length, bytes: rows.reduce((a, [, b]) => a + b, 0), cpu };
}

export default {
  version: 'installed',
  outside: true,
  open() {},
  sequence: (url, n) => run([range(url, n)], n),
  many: (url, n, connections) => run(['-Z', '--parallel-immediate', '--parallel-max', String(connections), range(url, n)], n),
  download: (url) => run([url], 1),
  close() {},
};
