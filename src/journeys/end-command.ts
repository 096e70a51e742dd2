import { commandText } from '../core/model/command.ts';
import type { JobRequest, Outcome } from '../core/model/job.ts';
import { addedCommands, commentCommands } from '../core/formats/comment-commands.ts';
import { unfinishedText } from '../core/render/command-replies.ts';
import type { IssueComment } from '../edge/github/talk.ts';
import type { KeptRequest } from '../edge/store/requests.ts';
import type { BuildWorld } from './shared/build-world.ts';
import { isByAuthor, isSettled, ofBuild, tell } from './shared/command-reply.ts';
import type { AskedPlace } from './shared/command-reply.ts';
import { reach } from './shared/reach.ts';

type EndCommandRequest = Extract<JobRequest, { readonly kind: 'end-command' }>;

/** Nobody works on the commands of a comment any more: it gets the reply that it waits for, which says so. */
export async function endCommand(
  world: Pick<BuildWorld, 'github' | 'store' | 'now'>,
  request: EndCommandRequest,
): Promise<Outcome> {
  const { repository: installed, issue } = request;
  const reached = await reach(world.github, installed);
  if (reached.kind !== 'reached') return reached;
  const { talk, pulls } = reached.repository;
  const comment = await talk.comment(request.comment);
  const conversation = comment && !comment.isBot && (await talk.conversation(issue));
  if (!conversation) return { kind: 'nothing', why: 'the comment is gone, or a bot wrote it' };
  const kept = await world.store.requests.of(installed, comment.id);
  const fresh = isByAuthor(request, comment) ? newOnes(comment, kept) : [];
  const all = [...kept, ...fresh.map((text, index) => newRequest(index, text))];
  if (all.every((one) => isSettled(one) && one.told)) {
    return { kind: 'nothing', why: 'all that was asked for is answered' };
  }
  const place = { world, installed, reached, comment, conversation };
  const ended: KeptRequest[] = [];
  for (const one of all) ended.push(await end(place, one, request.why));
  await world.store.requests.keep(installed, ended);
  await tell(place, ended, async () => (await pulls.get(issue)).headSha);
  return { kind: 'done', what: 'the comment is answered' };

  function newRequest(index: number, text: string): KeptRequest {
    return {
      ...{ comment: request.comment, position: kept.length + index, issue },
      ...{ login: comment?.author ?? '', text, at: world.now() },
      ...{ result: 'new', reply: '', told: false },
    };
  }
}

/** What was not written down yet. Five hundred lines are one mistake, and get no reply each. */
const mostNew = 10;

function newOnes({ body }: IssueComment, kept: readonly KeptRequest[]): readonly string[] {
  const texts = kept.map(({ text }) => text);
  return addedCommands(texts, commentCommands(body)).slice(0, mostNew).map(commandText);
}

/** What was done stays done, and what is being built is told of when that ends. */
async function end(place: AskedPlace, one: KeptRequest, why: string): Promise<KeptRequest> {
  if (isSettled(one)) return one;
  if (one.result === 'new') {
    return { ...one, result: 'refused', reply: unfinishedText(why), told: false };
  }
  const built = await ofBuild(place, one);
  return built ? { ...one, result: built.result, reply: built.text, told: false } : one;
}
