import { imagesRepository } from '../../../sandbox/demo.ts';
import type { DemoWorld } from '../../../sandbox/demo.ts';
import type { BotLine } from '../../../sandbox/demo-bot.ts';
import type { DemoStage } from '../../../sandbox/demo-stage.ts';
import { buildNews, playCommands } from './demo-builds.ts';
import { remarkOn, whenChecked } from './demo-look.ts';
import type { Reader, SeenPull } from './demo-look.ts';
import type { Teller } from './demo-teller.ts';

/** How the story ended. */
export interface Played {
  readonly botUrl: string;
  readonly pulls: readonly SeenPull[];
  /** What GitHub's own description of its API does not allow; none, or the bot is wrong. */
  readonly violations: readonly string[];
}

/** For what should be there at once. */
const patienceMs = 30_000;

/** From an empty place to pull requests with their checks; news reach the bot as they do on GitHub. */
export async function playStory(
  stage: DemoStage,
  teller: Teller,
  { commands }: { readonly commands: boolean },
): Promise<Played> {
  const { github, bot } = stage;
  const { step } = teller;
  const world = await step(
    `A small OpenStack, and ${imagesRepository}: this repository with older pins`,
    () => stage.makeWorld(),
  );
  const botUrl = await step('The bot starts, with a PostgreSQL of its own', async () =>
    String((await bot.said(({ msg }) => msg === 'listening'))['url']),
  );
  await step(
    'It is installed, and looks around',
    () => whenSwept(stage, () => stage.install(botUrl)),
    (words) => [words],
  );
  const carrying = await step('alice wants to carry four patches', () => openAlices(stage, world));
  await step('bob moves nova of 2025.2 too far', () => openBobs(stage, world));
  const token = await github.as('alice', imagesRepository).token();
  const reader: Reader = { apiUrl: github.apiUrl, repository: imagesRepository, token };
  await step('The checks say what they think of both', checked(reader), remarks);
  await step('Upstream goes on', () => world.release(), news);
  await step(
    'alice merges; that push has the bot look around again',
    () => whenSwept(stage, () => merge(stage, carrying)),
    (words) => [words],
  );
  const built = await step(
    'Their images are built by the workflow of main, and every check has ended',
    checked(reader),
    buildNews,
  );
  if (commands) await playCommands({ stage, reader, pulls: built }, teller);
  const pulls = commands ? await checked(reader)(AbortSignal.timeout(patienceMs)) : built;
  await github.settled();
  return { botUrl, pulls, violations: await github.violations() };
}

function checked(reader: Reader): (signal: AbortSignal) => Promise<readonly SeenPull[]> {
  return (signal) => whenChecked(reader, signal);
}

/** What the next sweep comes to, in the bot's words. */
async function whenSwept({ bot }: DemoStage, act: () => Promise<void>): Promise<string> {
  const before = bot.lines.length;
  await act();
  const { done, why } = await bot.said(isSwept, before);
  return String(done ?? why);
}

function isSwept({ msg, kind }: BotLine): boolean {
  return kind === 'sweep' && /^job (?:done|nothing|refused|dead)/.test(msg);
}

async function openAlices({ github }: DemoStage, { patches }: DemoWorld): Promise<number> {
  const alice = github.as('alice', imagesRepository);
  const title = 'Carry four patches in 2025.2';
  await alice.push({ branch: 'carry-patches', files: patches, message: title });
  return alice.openPullRequest({
    title,
    head: 'carry-patches',
    body: 'Two each of nova and glance.',
  });
}

async function openBobs({ github }: DemoStage, { wrongPin }: DemoWorld): Promise<number> {
  const bob = github.as('bob', imagesRepository);
  const title = 'The newest nova for 2025.2';
  await bob.push({ branch: 'newest-nova', files: wrongPin, message: title });
  return bob.openPullRequest({ title, head: 'newest-nova', body: 'It has the fix that we need.' });
}

async function merge({ github }: DemoStage, number: number): Promise<void> {
  await github.as('alice', imagesRepository).merge(number, { method: 'squash' });
}

function remarks(pulls: readonly SeenPull[]): readonly string[] {
  return pulls.map((pull) => `${pull.title}: ${remarkOn(pull) ?? 'all checks pass'}`);
}

function news(): readonly string[] {
  return [
    'keystone 28.0.2 and 29.0.2 close a hole; 27.0.2 is announced, and has no tag yet',
    'nova 32.2.1 contains a patch that is carried, and breaks another',
    'glance 31.1.0 contains one, and changes the lines beside another',
    'and nova, neutron and oslo.messaging have point releases in three series',
  ];
}
