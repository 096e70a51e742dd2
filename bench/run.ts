/** `npm run bench -- [--json] [NAME…]`: runs the benchmarks named, or all of them, one after another. */
import { availableParallelism, loadavg } from 'node:os';
import { appMemory } from './app-memory.ts';
import { commands } from './commands.ts';
import { constraints } from './constraints.ts';
import { idleSweep } from './idle-sweep.ts';
import { memory } from './memory.ts';
import { patchScale } from './patch-scale.ts';
import { patchWire } from './patch-wire.ts';
import { patches } from './patches.ts';
import { plan } from './plan.ts';
import { refs } from './refs.ts';
import { isMet, progress, reportText } from './report.ts';
import type { Benchmark, Report } from './report.ts';
import { update } from './update.ts';
import { webhooks } from './webhooks.ts';

const benchmarks: readonly Benchmark[] = [
  refs,
  update,
  constraints,
  plan,
  memory,
  patches,
  patchWire,
  patchScale,
  webhooks,
  idleSweep,
  commands,
  appMemory,
];

async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const names = args.filter((arg) => arg !== '--json');
  const unknown = names.find((name) => !benchmarks.some((one) => one.name === name));
  if (unknown !== undefined) {
    const list = benchmarks.map(({ name, about }) => `  ${name.padEnd(12)} ${about}\n`);
    process.stderr.write(`bench: there is no benchmark ${unknown}; there are\n${list.join('')}`);
    return 2;
  }
  const reports: Record<string, Report> = {};
  for (const { name, about, run } of benchmarks) {
    if (names.length > 0 && !names.includes(name)) continue;
    progress(`${name}: ${about}`);
    reports[name] = withLoad(await run());
    if (!json) process.stdout.write(`${reportText(reports[name])}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(reports, undefined, 2)}\n`);
  const missed = Object.values(reports).flatMap(({ goals }) => goals.filter((g) => !isMet(g)));
  progress(`goals missed: ${missed.length}`);
  return 0;
}

/** What else the machine did meanwhile: beyond one for each core, times are longer than they need to be. */
function withLoad(report: Report): Report {
  const note = `load average ${loadavg()[0]?.toFixed(1) ?? '?'} on ${availableParallelism()} cores`;
  return { ...report, notes: [...report.notes, note] };
}

process.exitCode = await main(process.argv.slice(2));
