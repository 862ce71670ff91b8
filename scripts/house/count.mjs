// @ts-check

/**
 * @typedef {{ status: string, assertionResults: readonly { status: string }[] }} Suite
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
