import { setTimeout as sleep } from 'node:timers/promises';
import { imagesRepository } from '../../../sandbox/demo.ts';
import type { DemoStage } from '../../../sandbox/demo-stage.ts';
import { ask, checksOf, imagesOf, laneOf } from './demo-look.ts';
import type { Reader, SeenCheck, SeenPull } from './demo-look.ts';
import type { Teller } from './demo-teller.ts';

/** What the end of the story is about. */
export interface BuiltWorld {
  readonly stage: DemoStage;
  readonly reader: Reader;
  /** As they stood when all was built. */
  readonly pulls: readonly SeenPull[];
}

/** What became of the images of each pull request, and why one of them is red. */
export function buildNews(pulls: readonly SeenPull[]): readonly string[] {
  const built = pulls.filter((pull) => laneOf(pull) !== undefined && pull.state === 'open');
  return built.flatMap((pull) => {
    const check = imagesOf(pull);
    if (!check) return [];
    return [`#${pull.number} ${pull.title}: ${check.title}`, ...failureLines(check)];
  });
}

/** From the check as people read it: `#### ❌ nova/2025.2: system package`, and lines of the log. */
function failureLines({ summary }: SeenCheck): readonly string[] {
  const found = summary.matchAll(/^#### ❌ (.+)\n+`{3,}text\n([^]*?)\n`{3,}/gm);
  return [...found].flatMap(([, title = '', log = '']) => {
    const useful = log.split('\n').find((line) => /\b(?:E|ERROR|error):/.test(line)) ?? '';
    const words = useful.replace(/^#\d+ [\d.]+ /, '').trim();
    return [`    ${title.replaceAll('`', '')}: ${words}`];
  });
}

/** A pull request in which an image could not be built for a reason that is over by now. */
export function redPulls(pulls: readonly SeenPull[]): readonly SeenPull[] {
  return pulls.filter(
    (pull) => pull.state === 'open' && imagesOf(pull)?.conclusion === 'failure' && laneOf(pull),
  );
}

/** People type commands and press a button; gives what the pull requests came to. */
export async function playCommands(here: BuiltWorld, { step }: Teller): Promise<void> {
  const [one, several] = redPulls(here.pulls);
  if (!one || !several) throw new Error('no images failed, and two pull requests should have some');
  await step(
    `alice comments on #${one.number}: /rebuild nova 2025.2`,
    (signal) => rebuild(here, one, signal),
    (lines) => lines,
  );
  await step(
    `bob presses "Rebuild failed" in the check of #${several.number}`,
    (signal) => pressed(here, several, signal),
    (lines) => lines,
  );
  await step(
    `bob comments on #${one.number}: /rebuild nvoa 2025.2`,
    (signal) => mistyped(here, one, signal),
    (lines) => lines,
  );
}

const everyMs = 100;

/** The first answer that is one. */
async function until<T>(look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(everyMs, undefined, { signal });
  }
}

async function rebuild(
  { stage, reader }: BuiltWorld,
  { number }: SeenPull,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const began = performance.now();
  function after(): string {
    return `${((performance.now() - began) / 1000).toFixed(1)} s`;
  }
  const runsBefore = await countRuns(reader);
  const alice = stage.github.as('alice', imagesRepository);
  const comment = await alice.comment(number, '/rebuild nova 2025.2');
  await until(() => reaction(reader, comment, ['eyes']), signal);
  const seen = after();
  await until(async () => (await countRuns(reader)) > runsBefore || undefined, signal);
  const dispatched = after();
  const titles = new Set<string>();
  const end = await until(async () => {
    titles.add((await imagesNow(reader, number))?.title ?? '');
    return reaction(reader, comment, ['rocket', 'confused']);
  }, signal);
  return [
    `👀 after ${seen}, dispatched after ${dispatched}, ${end === 'rocket' ? '🚀' : '😕'} after ${after()}`,
    `the check in the meantime: ${[...titles].join(' → ')}`,
  ];
}

async function pressed(
  { stage, reader }: BuiltWorld,
  pull: SeenPull,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const check = imagesOf(pull);
  const before = await countRuns(reader);
  await stage.github.as('bob', imagesRepository).press(check?.id ?? 0, 'rebuild-failed');
  await until(async () => (await countRuns(reader)) > before || undefined, signal);
  const after = await until(async () => {
    const now = await endedImages(reader, pull.number);
    return now?.conclusion === 'success' ? now : undefined;
  }, signal);
  const cells = await newestCells(reader);
  return [`built again: ${cells.join(', ')}; the check says: ${after.title}`];
}

async function mistyped(
  { stage, reader }: BuiltWorld,
  { number }: SeenPull,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const comment = await stage.github
    .as('bob', imagesRepository)
    .comment(number, '/rebuild nvoa 2025.2');
  await until(() => reaction(reader, comment, ['confused']), signal);
  type Comment = { readonly body: string; readonly user: { readonly login: string } };
  const all = await ask<readonly Comment[]>(reader, `issues/${number}/comments?per_page=100`);
  const body = all.findLast(({ user }) => user.login.endsWith('[bot]'))?.body ?? '';
  const [, caret = ''] = /^ *`{3,}\w*\n([^]*?)\n *`{3,}/m.exec(body) ?? [];
  const [nearest = ''] = /Did you mean [^\n]*/.exec(body) ?? [];
  return [...caret.split('\n'), nearest.replaceAll('`', '')].filter((line) => line.trim() !== '');
}

async function reaction(
  reader: Reader,
  comment: number,
  wanted: readonly string[],
): Promise<string | undefined> {
  type Reaction = { readonly content: string };
  const all = await ask<readonly Reaction[]>(reader, `issues/comments/${comment}/reactions`);
  return all.map(({ content }) => content).find((content) => wanted.includes(content));
}

async function imagesNow(reader: Reader, number: number): Promise<SeenCheck | undefined> {
  type Pull = { readonly head: { readonly sha: string } };
  const { head } = await ask<Pull>(reader, `pulls/${number}`);
  return imagesOf({ checks: await checksOf(reader, head.sha) });
}

async function endedImages(reader: Reader, number: number): Promise<SeenCheck | undefined> {
  const check = await imagesNow(reader, number);
  return check && check.conclusion !== null ? check : undefined;
}

interface Runs {
  readonly total_count: number;
  readonly workflow_runs: readonly { readonly id: number }[];
}

async function countRuns(reader: Reader): Promise<number> {
  return (await ask<Runs>(reader, 'actions/runs?per_page=1')).total_count;
}

/** What the newest run builds, by the names of its jobs. */
async function newestCells(reader: Reader): Promise<readonly string[]> {
  const { workflow_runs: runs } = await ask<Runs>(reader, 'actions/runs?per_page=1');
  const run = runs[0]?.id ?? 0;
  type Jobs = { readonly jobs: readonly { readonly name: string }[] };
  const { jobs } = await ask<Jobs>(reader, `actions/runs/${run}/jobs?per_page=100`);
  const names = jobs.flatMap(({ name }) => / \/ (\S+\/\S+) /.exec(name)?.[1] ?? []);
  return [...new Set(names)].sort();
}
