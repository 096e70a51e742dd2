import Table from 'cli-table3';
import type { Result } from './cell.ts';

function verdict({ checks, skipped }: Result): string {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  const bad = checks.filter(({ why }) => why !== '').length;
  return bad === 0 ? `${checks.length} checks passed` : `${bad} of ${checks.length} checks FAILED`;
}

export function resultLine(result: Result): string {
  return `${result.image}: ${verdict(result)}`;
}

/** Prints what became of all images; the exit code. In CI what was skipped has failed. */
export function showResults(results: readonly Result[], isCi: boolean): number {
  const table = new Table({
    head: ['image', 'version', 'MB', 'seconds', 'checks'],
    style: { head: [], border: [] },
  });
  for (const result of results) {
    const { image, version, megabytes, seconds, skipped } = result;
    const cells = [image, version, megabytes || '', Math.round(seconds)];
    table.push([...cells, skipped === undefined ? verdict(result) : 'skipped, see below']);
  }
  console.log(table.toString());
  const left = results.filter(({ skipped }) => skipped !== undefined);
  for (const result of left) console.log(resultLine(result));
  const checks = results.flatMap(({ image, checks: all }) =>
    all.map((check) => ({ image, ...check })),
  );
  const failed = checks.filter(({ why }) => why !== '');
  for (const { image, name, why } of failed) console.log(`FAILED ${image}: ${name}: ${why}`);
  const passed = checks.length - failed.length;
  console.log(`${passed} passed, ${failed.length} failed, ${left.length} images skipped`);
  return failed.length > 0 || (isCi && left.length > 0) ? 1 : 0;
}
