import { commandText } from '../core/model/command.ts';
import type { CommandLine } from '../core/model/command.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { unfinishedText, unseenText } from '../core/render/command-replies.ts';
import type { KeptRequest } from '../edge/store/requests.ts';
import type { BuildWorld } from './shared/build-world.ts';
import { buildOf, isSettled, newCommands, tell, whatBecameOf } from './shared/command-reply.ts';
import type { AskedPlace } from './shared/command-reply.ts';
import { reach } from './shared/reach.ts';

type CommandRequest = Extract<JobRequest, { readonly kind: 'command' }>;

/** Nobody goes on with the commands of a comment: it gets the reply that it waits for, which says so. */
export async function endCommand(
  world: Pick<BuildWorld, 'github' | 'store' | 'now'>,
  request: CommandRequest,
): Promise<Outcome> {
  const { repository: installed, issue } = request;
  const reached = await reach(world.github, installed);
  if (reached.kind !== 'reached') return reached;
  const { talk, pulls } = reached.repository;
  const comment = await talk.comment(request.comment);
  const conversation = comment && !comment.isBot && (await talk.conversation(issue));
  if (!conversation) return { kind: 'nothing', why: 'the comment is gone, or a bot wrote it' };
  const place = { world, installed, reached, comment, conversation };
  const kept = await world.store.requests.of(installed, comment.id);
  const why = request.givenUp ?? '';
  const found = newCommands(request, comment, kept);
  const all = [...kept, ...written(place, { found, kept, why, at: world.now() })];
  if (all.every((one) => isSettled(one) && one.told)) {
    return { kind: 'nothing', why: 'all that was asked for is answered' };
  }
  const ended: KeptRequest[] = [];
  for (const one of all) ended.push(await end(place, one, why));
  await world.store.requests.keep(installed, ended);
  const refusal = await tell(place, ended, async () => (await pulls.get(issue)).headSha);
  if (refusal !== undefined) return { kind: 'refused', why: refusal };
  return { kind: 'done', what: 'the comment is answered' };
}

/** The policy may have another number, and cannot be asked for any more. */
const mostNew = 10;

interface Found {
  readonly found: readonly CommandLine[];
  readonly kept: readonly KeptRequest[];
  readonly why: string;
  readonly at: number;
}

/** Of those that are too many, one says so: five hundred lines are one mistake. */
function written(
  { comment, conversation }: AskedPlace,
  { found, kept, why, at }: Found,
): readonly KeptRequest[] {
  const room = Math.max(0, mostNew - kept.length);
  return found.slice(0, room + 1).map((line, index) => {
    const isOver = index >= room;
    return {
      ...{ comment: comment.id, position: kept.length + index, issue: conversation.number },
      ...{ login: comment.author, text: commandText(line), at, told: false },
      result: isOver ? 'refused' : 'new',
      reply: isOver ? unseenText(found.length - room, why) : '',
    };
  });
}

/** What was done stays done, and what is being built is told of when that ends. */
async function end(place: AskedPlace, one: KeptRequest, why: string): Promise<KeptRequest> {
  if (isSettled(one)) return one;
  const build = await buildOf(place, one);
  const { result, text } = build
    ? whatBecameOf(build)
    : ({ result: 'refused', text: unfinishedText(why) } as const);
  return { ...one, result, reply: text, told: false };
}
