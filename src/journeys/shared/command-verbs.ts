import { isBuilding } from '../../core/model/build.ts';
import { holdLabel } from '../../core/model/bot-branch.ts';
import type { Build, BuildRun } from '../../core/model/build.ts';
import type { Verb } from '../../core/model/command.ts';
import { reaches } from '../../core/model/command.ts';
import { commandSpec } from '../../core/model/command-table.ts';
import type { BuildPlan } from '../../core/model/plan.ts';
import { cellName } from '../../core/model/plan.ts';
import { combined, failedCells } from '../../core/decide/build-dispatch.ts';
import { planBuild } from '../../core/decide/build-plan.ts';
import { retried, toRetry } from '../../core/decide/build-state.ts';
import { helpTopic } from '../../core/decide/commands.ts';
import { approvalMarker } from '../../core/formats/approval-marker.ts';
import { explainText, planText, statusText } from '../../core/render/build-replies.ts';
import { helpAbout, helpText } from '../../core/render/command-help.ts';
import { baseCellsOf, cellsOf } from './build-target.ts';
import type { CommandScene, CommandTask, Done } from './command-scene.ts';
import { buildsAt } from './look-at-runs.ts';
import { rebuildNamed, stopBuilds } from './rebuild.ts';

type Act = (scene: CommandScene, task: CommandTask) => Promise<Done> | Done;

/** What each verb does. Whether it may be done was judged before. */
export const commandActs: Readonly<Record<Verb, Act>> = {
  help,
  status,
  plan,
  explain,
  check,
  update: ({ installed }) => ({
    ...{ result: 'done', text: 'Upstream is asked for new releases; pull requests follow.' },
    jobs: [{ kind: 'sweep', repository: installed }],
  }),
  rebuild,
  retry,
  cancel,
  hold,
  unhold,
  'ok-to-build': okToBuild,
};

export function help(
  { role }: Pick<CommandScene, 'role'>,
  { command }: Pick<CommandTask, 'command'>,
): Done {
  const topic = helpTopic(command);
  const text = topic ? helpAbout(commandSpec(topic)) : helpText(({ who }) => reaches(role, who));
  return { result: 'done', text };
}

function buildsOf({ world, reached, installed, target }: CommandScene): Promise<readonly Build[]> {
  return buildsAt(world, reached.repository, { installed, head: target.head });
}

async function status(scene: CommandScene): Promise<Done> {
  return { result: 'done', text: statusText(scene.target.head, combined(await buildsOf(scene))) };
}

/** On an issue there is nothing to compare with: all that the default branch has. */
async function planOf({ world, target }: CommandScene): Promise<BuildPlan> {
  const { catalog, cells } = await cellsOf(world, target.snapshot);
  if (!target.base) return planBuild(catalog, cells, { kind: 'all' });
  const base = await baseCellsOf(world, target);
  return planBuild(catalog, cells, { kind: 'affected', base });
}

async function plan(scene: CommandScene): Promise<Done> {
  return { result: 'done', text: planText(await planOf(scene)) };
}

async function explain(scene: CommandScene, { cells: names }: CommandTask): Promise<Done> {
  const { cells, skipped } = await planOf(scene);
  const build = combined(await buildsOf(scene));
  const texts = names.slice(0, 10).map((name) => {
    const planned = cells.find((one) => cellName(one) === name);
    const left = skipped.find((one) => cellName(one) === name);
    return explainText(name, {
      ...(planned && { planned }),
      ...(left && { skipped: left }),
      ...(build && { build }),
    });
  });
  return { result: 'done', text: texts.join('\n\n') };
}

function check({ installed, target }: CommandScene): Done {
  return {
    ...{ result: 'done', text: 'The checks are made again.' },
    jobs: [{ kind: 'check', repository: installed, head: target.head, again: true }],
  };
}

async function rebuild(scene: CommandScene, task: CommandTask): Promise<Done> {
  const isFailed = task.command.words.get('component')?.text === 'failed';
  const names = isFailed ? failedCells(await buildsOf(scene)) : task.cells;
  if (names.length === 0) {
    const text = isFailed ? 'Nothing is red for this commit.' : 'No image is pinned there.';
    return { result: 'refused', text };
  }
  return rebuildNamed(scene, {
    ...{ names, occasion: `comment ${scene.comment.id} ${task.position}` },
    ...{ by: scene.comment.author, comment: scene.comment.id, issue: scene.conversation.number },
    position: task.position,
  });
}

/** The same jobs in the same run, as GitHub's own button does. */
async function retry(scene: CommandScene, { position }: CommandTask): Promise<Done> {
  const [build] = await buildsOf(scene);
  const command = `${scene.comment.id} ${position}`;
  const isBegun = build?.runs.some(({ retriedFor }) => retriedFor?.command === command);
  if (!build || (isBuilding(build) && !isBegun)) {
    const text = build ? 'The last build has not ended.' : 'Nothing was built for this commit.';
    return { result: 'refused', text };
  }
  let count = 0;
  for (const run of build.runs) if (await retryRun(scene, build, { run, command })) count += 1;
  if (count === 0)
    return { result: 'refused', text: 'There is no run with failed jobs, or GitHub refuses.' };
  return {
    ...{ result: 'done', text: 'The failed jobs are run again.' },
    jobs: [{ kind: 'report-build', build: build.id }],
  };
}

/** Whether the run's failed jobs are run again. Who was cut off asks GitHub whether they are already. */
async function retryRun(
  { reached, world }: CommandScene,
  build: Build,
  { run, command }: { readonly run: BuildRun; readonly command: string },
): Promise<boolean> {
  const { actions } = reached.repository;
  const { part, run: known, retries, retriedFor } = run;
  const { builds } = world.store;
  const cells = build.cells.filter((cell) => cell.part === part);
  if (!known) return false;
  if (retriedFor?.command === command) {
    const found = await actions.run(known.id);
    if (found.kind === 'found' && found.run.attempt > retriedFor.attempt) {
      await builds.change(build.id, (one) =>
        retried(one, part, { attempt: found.run.attempt, now: world.now() }),
      );
      return true;
    }
  } else {
    if (cells.every(({ state }) => state === 'success')) return false;
    const noted = { command, attempt: retries + 1 };
    await builds.change(build.id, (now) => toRetry(now, part, noted));
  }
  if (!(await actions.rerunFailed(known.id))) return false;
  await builds.change(build.id, (one) =>
    retried(one, part, { attempt: retries + 2, now: world.now() }),
  );
  return true;
}

async function cancel(scene: CommandScene): Promise<Done> {
  const { author } = scene.comment;
  const stopped = await stopBuilds(scene, author);
  const before = await buildsOf(scene);
  // Who was cut off after that asks again.
  if (stopped.length === 0 && !before.some(({ cancelledBy }) => cancelledBy === author))
    return { result: 'refused', text: 'Nothing is being built for this commit.' };
  return { result: 'done', text: 'What was being built is stopped.' };
}

async function hold({ reached, conversation }: CommandScene): Promise<Done> {
  await reached.repository.pulls.addLabels(conversation.number, [holdLabel]);
  return { result: 'done', text: 'The bot keeps its hands off; `/unhold` ends that.' };
}

async function unhold({ reached, conversation }: CommandScene): Promise<Done> {
  await reached.repository.talk.removeLabel(conversation.number, holdLabel);
  return { result: 'done', text: 'The bot goes on.' };
}

/** The word is for the commit that the person saw: a head that moved since needs a new one. */
function okToBuild({ target, reached }: CommandScene, { command }: CommandTask): Done {
  const { head, pull } = target;
  if (pull?.headRepository === reached.name) {
    return { result: 'refused', text: 'This branch is no fork: it is built without a word.' };
  }
  const commit = command.words.get('commit')?.text;
  if (commit !== head) {
    const text = `The head is another commit now. Read it, and say\n\n    /ok-to-build ${head}`;
    return { result: 'refused', text };
  }
  return { result: 'done', text: 'This commit is built, without publishing.' };
}

/** What stands at the end of the reply, for those that gave a word. */
export function hiddenWord(verb: Verb, commit: string | undefined): string {
  return verb === 'ok-to-build' && commit !== undefined ? approvalMarker(commit) : '';
}
