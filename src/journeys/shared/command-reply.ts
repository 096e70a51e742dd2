import { isBuilding } from '../../core/model/build.ts';
import type { Build } from '../../core/model/build.ts';
import type { CommandLine } from '../../core/model/command.ts';
import { isRefusal } from '../../core/model/failures.ts';
import type { InstalledRepository } from '../../core/model/repository.ts';
import { addedCommands, commentCommands } from '../../core/formats/comment-commands.ts';
import { readCommandLine } from '../../core/formats/command-line.ts';
import { builtText, isWellBuilt } from '../../core/render/build-replies.ts';
import { commandReply, unwrittenText } from '../../core/render/command-replies.ts';
import type { Conversation, IssueComment } from '../../edge/github/talk.ts';
import type { KeptRequest } from '../../edge/store/requests.ts';
import type { BuildWorld } from './build-world.ts';
import type { Done } from './command-scene.ts';
import { hiddenWord } from './command-verbs.ts';
import type { Reached } from './reach.ts';

/** A comment that asked for something. */
export interface AskedPlace {
  readonly world: Pick<BuildWorld, 'store' | 'github'>;
  readonly installed: InstalledRepository;
  readonly reached: Reached;
  readonly comment: IssueComment;
  readonly conversation: Conversation;
}

/**
 * Whoever may write can change the words of others. Where a comment was changed, only the webhook that says
 * by whom lets its commands in; one about its beginning, or the end of a build, does not.
 */
function isByAuthor(
  { editor }: { readonly editor?: string },
  { author, edited }: IssueComment,
): boolean {
  return editor === undefined ? !edited : editor.toLowerCase() === author.toLowerCase();
}

/**
 * What was not taken from a comment yet. All of it was when any was, for they are written down together:
 * afterwards only an edit brings something new.
 */
export function newCommands(
  request: { readonly editor?: string },
  comment: IssueComment,
  kept: readonly KeptRequest[],
): readonly CommandLine[] {
  if (!isByAuthor(request, comment) || (kept.length > 0 && request.editor === undefined)) return [];
  return addedCommands(
    kept.map(({ text }) => text),
    commentCommands(comment.body),
  );
}

export function isSettled({ result }: Pick<KeptRequest, 'result'>): boolean {
  return result === 'done' || result === 'refused';
}

/** What was begun for a command; `undefined` where nothing was. */
export async function buildOf(
  { world, installed, comment }: AskedPlace,
  { position }: KeptRequest,
): Promise<Build | undefined> {
  const builds = await world.store.builds.ofComment(installed, comment.id);
  return builds.find(({ cause }) => cause.kind === 'asked' && cause.position === position);
}

/** A command that waits for its build is done when that has ended. */
export function whatBecameOf(build: Build): Done {
  const ended = isWellBuilt(build) ? 'done' : 'refused';
  return { result: isBuilding(build) ? 'working' : ended, text: builtText(build) };
}

/**
 * One reply for all commands of a comment. Whoever is cut off before the end of this does all of it again.
 * Where GitHub takes no reply, as in a locked conversation, it is left at that, and why is given back.
 */
export async function tell(
  place: AskedPlace,
  requests: readonly KeptRequest[],
  head: () => Promise<string> | string,
): Promise<string | undefined> {
  const { store } = place.world;
  const refusal = await refusalOf(() => reply(place, requests));
  const ended = refusal === undefined ? requests : requests.map(withoutWord);
  await react(place, ended);
  const untold = ended.filter(({ told }) => !told);
  // The word is in the reply now, where the build looks for it.
  if (untold.some((one) => wordOf(one) !== '')) {
    const job = { kind: 'build', repository: place.installed, head: await head() } as const;
    await store.enqueue(job, { priority: 1 });
  }
  await store.requests.keep(
    place.installed,
    untold.map((one) => ({ ...one, told: true })),
  );
  return refusal;
}

async function refusalOf(write: () => Promise<void>): Promise<string | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error.message;
    throw error;
  }
}

/** A word counts only where it stands in a reply. */
function withoutWord(one: KeptRequest): KeptRequest {
  if (one.told || wordOf(one) === '') return one;
  return { ...one, result: 'refused', reply: unwrittenText };
}

/** What a command leaves in the reply for those who come later. */
function wordOf({ text, result }: KeptRequest): string {
  const line = readCommandLine({ text, number: 1 });
  if (result !== 'done' || line?.kind !== 'command') return '';
  return hiddenWord(line.command.verb, line.command.words.get('commit')?.text);
}

async function reply(place: AskedPlace, requests: readonly KeptRequest[]): Promise<void> {
  const { reached, world, comment, conversation } = place;
  const { comments } = reached.repository;
  const shown = requests.map(({ text, result, reply: words }) => ({
    line: text,
    result: result === 'new' ? ('working' as const) : result,
    text: words,
  }));
  const words = requests.map(wordOf).filter((word) => word !== '');
  const hidden = words.length === 0 ? '' : `\n\n${words.join('\n')}`;
  await comments.ensure({
    ...{ issue: conversation.number, topic: `command-${comment.id}` },
    body: `${commandReply(comment.author, shown)}${hidden}`,
    account: await world.github.account(),
  });
}

async function react(
  { reached, comment }: AskedPlace,
  requests: readonly KeptRequest[],
): Promise<void> {
  if (!requests.every(isSettled)) return;
  const isFine = requests.every(({ result }) => result === 'done');
  await reached.repository.talk.react(comment.id, isFine ? 'rocket' : 'confused');
}
