import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** What is asked of Python's own `packaging`, in one process. */
interface PackagingQuestions {
  readonly markers: readonly string[];
  /** Values of marker variables, by name. */
  readonly environments: readonly Readonly<Record<string, string>>[];
}

export interface PackagingOracle {
  /** For every marker, whether it holds in each of the environments. */
  readonly evaluate: (questions: PackagingQuestions) => readonly (readonly boolean[])[];
}

const program = `
import json, sys
try:
    from packaging.markers import Marker
except ImportError:
    from pip._vendor.packaging.markers import Marker
asked = json.load(sys.stdin)
answers = []
for text in asked["markers"]:
    marker = Marker(text)
    answers.append([bool(marker.evaluate(dict(one))) for one in asked["environments"]])
json.dump(answers, sys.stdout)
`;

/** A `describe` for tests that compare with Python's `packaging`; skipped, with the reason, without it. */
export function describeWithPackaging(name: string, fn: (oracle: PackagingOracle) => void): void {
  const missing = whyMissing();
  if (missing === undefined)
    describe(name, () => {
      fn({ evaluate });
    });
  else
    describe.skip(`${name} (skipped: ${missing})`, () => {
      fn({ evaluate });
    });
}

function whyMissing(): string | undefined {
  const { error, status } = run({ markers: [], environments: [] });
  if (error) return 'python3 is not there';
  return status === 0 ? undefined : 'python3 has no packaging module';
}

function evaluate(questions: PackagingQuestions): readonly (readonly boolean[])[] {
  const { stdout, stderr, status } = run(questions);
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return JSON.parse(stdout) as boolean[][];
}

function run(questions: PackagingQuestions) {
  const input = JSON.stringify(questions);
  return spawnSync('python3', ['-c', program], { input, encoding: 'utf8', timeout: 20_000 });
}
