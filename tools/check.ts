/** Runs everything a reviewer would, shows what failed, and ends with a count. */
import { spawnSync } from 'node:child_process';
import { cruise } from 'dependency-cruiser';
import config from '../.dependency-cruiser.mjs';

interface Step {
  readonly name: string;
  readonly run: () => Promise<boolean> | boolean;
}

const steps: readonly Step[] = [
  { name: 'types', run: () => tool('typescript/bin/tsc', '-p', '.') },
  { name: 'lint', run: () => tool('eslint/bin/eslint.js', '.') },
  {
    name: 'format',
    run: () => tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  },
  { name: 'layers', run: layers },
  { name: 'dead code', run: () => tool('knip/bin/knip.js', '--no-progress') },
];

function tool(path: string, ...args: readonly string[]): boolean {
  const file = `node_modules/${path}`;
  return spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' }).status === 0;
}

/** dependency-cruiser passes silently when it cannot read TypeScript, so what it saw is counted too. */
async function layers(): Promise<boolean> {
  const { output } = await cruise(['src', 'sandbox', 'test', 'bench'], {
    ruleSet: config,
    ...config.options,
  });
  if (typeof output === 'string')
    throw new Error('dependency-cruiser gave text instead of a result');
  const { violations, totalCruised, totalDependenciesCruised = 0 } = output.summary;
  for (const { from, to, rule } of violations) console.error(`${rule.name}: ${from} → ${to}`);
  if (totalCruised < 50 || totalDependenciesCruised < 50) {
    console.error(
      `layers: only ${totalCruised} modules and ${totalDependenciesCruised} imports were seen`,
    );
    return false;
  }
  return violations.length === 0;
}

const failed: string[] = [];
for (const { name, run } of steps) {
  const passed = await run();
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name}`);
  if (!passed) failed.push(name);
}
console.log(`${steps.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
