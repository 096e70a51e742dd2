import type { Finding } from '../model/finding.ts';

/** What fits the pin of today may have to change only when the pin moves. */
const waiting = new Set([
  'patch-already-upstream',
  'patch-conflict',
  'patch-in-history',
  'patch-refreshable',
]);

/** Findings of patches that were tried on a source that nothing pins yet. */
export function findingsElsewhere(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) =>
    waiting.has(finding.code)
      ? { ...finding, remedy: `when the pin moves there, ${finding.remedy}` }
      : finding,
  );
}
