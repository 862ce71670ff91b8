// @ts-check

/**
 * @typedef {{ status: string, fullName?: string, failureMessages?: readonly string[] }} Test
 * @typedef {{ status: string, name?: string, message?: string, assertionResults: readonly Test[] }} Suite
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/**
 * Counts tests from the runner's JSON. Whatever went wrong outside a test counts as a failed one: a suite that could not be
 * loaded, a hook or an uncaught error, a runner that died, a run without tests.
 * @param {{ testResults: readonly Suite[] } | null} report @param {number} status exit code of the runner
 * @returns {Counts}
 */
export function count(report, status) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of report?.testResults ?? []) {
    const before = counts.failed;
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') counts.passed++;
      else if (test.status === 'failed') counts.failed++;
      else counts.skipped++;
    }
    if (suite.status === 'failed' && counts.failed === before) counts.failed++;
  }
  const empty = counts.passed === 0 && counts.failed === 0;
  if (counts.failed === 0 && (status !== 0 || empty)) counts.failed++;
  return counts;
}

/**
 * A line for each test that failed, and each file that could not be run: where, which, and how its message begins.
 * @param {{ testResults: readonly Suite[] } | null} report
 * @returns {string[]}
 */
export function failures(report) {
  const lines = [];
  for (const { status, name = '', message = '', assertionResults } of report?.testResults ?? []) {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed) lines.push(`${name}: ${test.fullName}: ${beginning(test.failureMessages?.join('\n') ?? '')}`);
    if (status === 'failed' && failed.length === 0) lines.push(`${name}: ${beginning(message)}`);
  }
  return lines;
}

/** @param {string} text */
function beginning(text) {
  const [first = '', ...rest] = text.split('\n');
  const place = rest.find((line) => /^\s+at .*\/test\//.test(line));
  return place === undefined ? first : `${first} ${place.trim()}`;
}
