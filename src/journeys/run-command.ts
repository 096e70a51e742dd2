import { isBuilding } from '../core/model/build.ts';
import { policyPath } from '../core/model/catalog.ts';
import type { CommandLine, Role } from '../core/model/command.ts';
import { commandText, reaches } from '../core/model/command.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { nextSlot, requestLimits } from '../core/decide/command-limits.ts';
import { judgeCommand } from '../core/decide/commands.ts';
import { readCommandLine } from '../core/formats/command-line.ts';
import { readPolicy } from '../core/formats/policy.ts';
import {
  deniedText,
  goneText,
  limitText,
  mistakeText,
  tooManyCommands,
} from '../core/render/command-replies.ts';
import type { IssueComment, Talk } from '../edge/github/talk.ts';
import type { KeptRequest } from '../edge/store/requests.ts';
import { lastingProblem } from './shared/build-target.ts';
import type { BuildWorld } from './shared/build-world.ts';
import { buildOf, isSettled, newCommands, tell, whatBecameOf } from './shared/command-reply.ts';
import { askingOf, commandTarget, namesOf } from './shared/command-scene.ts';
import type { CommandScene, Done, GoneScene } from './shared/command-scene.ts';
import { commandActs, help } from './shared/command-verbs.ts';
import { reach } from './shared/reach.ts';

export interface RunCommandWorld extends BuildWorld {
  /** ISO, in UTC. */
  readonly isoTime: (at: number) => string;
}

type CommandRequest = Extract<JobRequest, { readonly kind: 'command' }>;

const hour = 3_600_000;

/** Does what a comment asks for, each of its commands once, and tells what became of them in one reply. */
export async function runCommand(
  world: RunCommandWorld,
  request: CommandRequest,
): Promise<Outcome> {
  const reached = await reach(world.github, request.repository);
  if (reached.kind !== 'reached') return reached;
  const { talk } = reached.repository;
  const comment = await talk.comment(request.comment);
  if (!comment || comment.isBot)
    return { kind: 'nothing', why: 'the comment is gone, or a bot wrote it' };
  const kept = await world.store.requests.of(request.repository, comment.id);
  const fresh = newCommands(request, comment, kept);
  if (fresh.length === 0 && kept.every((one) => isSettled(one) && one.told)) {
    return { kind: 'nothing', why: 'nothing new is asked for, or not by its author' };
  }
  const conversation = await talk.conversation(request.issue);
  if (!conversation) return { kind: 'nothing', why: 'the conversation is gone' };
  // Before anything slow: whoever wrote it sees that it was seen.
  if (fresh.length > 0 && !(await isSeen(talk, comment))) {
    return { kind: 'nothing', why: 'the comment is gone' };
  }
  const roleBefore = await talk.role(comment.author);
  const target = await commandTarget(world, reached, conversation);
  // Meanwhile the files of the repository were fetched, which may take long.
  const role = lesserRole(roleBefore, await talk.role(comment.author));
  const place = { world, installed: request.repository, reached, comment, conversation, role };
  const scene =
    typeof target === 'string'
      ? { ...place, gone: target }
      : { ...place, target, names: namesOf(target) };
  const edited = request.editor !== undefined || comment.edited;
  return takeAll(world, scene, { kept, fresh, edited });
}

/** A comment that takes no reaction may be one that was deleted meanwhile. */
async function isSeen(talk: Pick<Talk, 'react' | 'comment'>, { id }: IssueComment) {
  return (await talk.react(id, 'eyes')) || (await talk.comment(id)) !== undefined;
}

/** Whoever was not allowed when the command came, or is not any more, is not. */
function lesserRole(a: Role, b: Role): Role {
  return reaches(a, b) ? b : a;
}

type Scene = CommandScene | GoneScene;

interface Taken {
  readonly kept: readonly KeptRequest[];
  readonly fresh: readonly CommandLine[];
  readonly edited: boolean;
}

async function takeAll(
  world: RunCommandWorld,
  scene: Scene,
  { kept, fresh, edited }: Taken,
): Promise<Outcome> {
  const requests: KeptRequest[] = [...kept, ...(await admitted(world, scene, { kept, fresh }))];
  await world.store.requests.keep(scene.installed, requests);
  for (const [index, one] of requests.entries()) {
    const done = await settle(scene, one, edited);
    if (!done) continue;
    for (const job of done.jobs ?? []) await world.store.enqueue(job, { priority: 1 });
    requests[index] = { ...one, result: done.result, reply: done.text, told: false };
    await world.store.requests.keep(scene.installed, [requests[index]]);
  }
  const refusal = await tell(scene, requests, () => headOf(scene));
  if (refusal !== undefined) return { kind: 'refused', why: refusal };
  const words = requests.map(({ text, result }) => `${text.slice(0, 80)} ${result}`);
  return { kind: 'done', what: words.slice(0, 5).join(', ') };
}

async function headOf(scene: Scene): Promise<string> {
  if ('target' in scene) return scene.target.head;
  return (await scene.reached.repository.pulls.get(scene.conversation.number)).headSha;
}

/** New ones, written down; those that are too many are refused at once. */
async function admitted(
  world: RunCommandWorld,
  scene: Scene,
  { kept, fresh }: Pick<Taken, 'kept' | 'fresh'>,
): Promise<readonly KeptRequest[]> {
  const { comment, conversation, installed } = scene;
  // Nobody can be asked for the policy of a branch that is gone: it has its defaults.
  const policy = 'gone' in scene ? readPolicy(undefined, policyPath).value : scene.target.policy;
  const { commandsPerComment, commandsPerHour } = policy.limits;
  const now = world.now();
  const limits = requestLimits(commandsPerHour);
  const past = (await world.store.requests.since(installed, now - hour)).map((one) => ({ ...one }));
  const room = Math.max(0, commandsPerComment - kept.length);
  const asked = { login: comment.author, issue: conversation.number, at: now };
  // One more than there is room for, to say so: five hundred lines are one mistake.
  return fresh.slice(0, room + 1).map((line, index) => {
    const request: KeptRequest = {
      ...{ ...asked, comment: comment.id, position: kept.length + index },
      ...{ text: commandText(line), result: 'new', reply: '', told: false },
    };
    if (index >= room) {
      const found = kept.length + fresh.length;
      return { ...request, result: 'refused', reply: tooManyCommands(commandsPerComment, found) };
    }
    const slot = nextSlot(past, asked, limits);
    if (slot.kind === 'full') {
      const words = limitText({ ...slot, at: world.isoTime(slot.at) });
      return { ...request, result: 'refused', reply: words };
    }
    past.push(request);
    return request;
  });
}

/** What becomes of one command now; `undefined` where nothing is new. */
async function settle(
  scene: Scene,
  request: KeptRequest,
  edited: boolean,
): Promise<Done | undefined> {
  if (request.result === 'working') {
    const build = await buildOf(scene, request);
    return build && !isBuilding(build) ? whatBecameOf(build) : undefined;
  }
  if (request.result !== 'new') return undefined;
  const line = readCommandLine({ text: request.text, number: 1 });
  if (!line) return { result: 'refused', text: 'That is no command.' };
  if ('gone' in scene) return settleGone(scene, line, edited);
  if (line.kind === 'mistake') return mistaken(scene, line.mistake);
  const judged = judgeCommand(line.command, askingOf(scene, edited));
  if (judged.kind === 'denied') return { result: 'refused', text: deniedText(judged.why) };
  if (judged.kind === 'mistake') return mistaken(scene, judged.mistake);
  const { command } = line;
  try {
    const task = { command, cells: judged.cells, position: request.position };
    return await commandActs[command.verb](scene, task);
  } catch (error) {
    const why = lastingProblem(error);
    if (why === undefined) throw error;
    return { result: 'refused', text: `That cannot be done: \`${why.replaceAll('`', "'")}\`` };
  }
}

/** What can be said without any commit. */
function settleGone(scene: GoneScene, line: CommandLine, edited: boolean): Done {
  const gone = { result: 'refused', text: goneText(scene.gone) } as const;
  if (line.kind === 'mistake') return gone;
  const judged = judgeCommand(line.command, askingOf(scene, edited));
  if (judged.kind === 'denied') return { result: 'refused', text: deniedText(judged.why) };
  return line.command.verb === 'help' ? help(scene, line) : gone;
}

function mistaken({ names, role }: CommandScene, mistake: Parameters<typeof mistakeText>[0]): Done {
  const here = { components: [...names.services.keys()], series: names.series };
  return { result: 'refused', text: mistakeText(mistake, { names: here, role }) };
}
