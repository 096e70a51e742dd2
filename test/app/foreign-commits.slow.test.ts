import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runGit } from '../../sandbox/git.ts';
import type { GitHub } from '../../sandbox/github/github.ts';
import { manyRepositories } from '../support/many-repositories.ts';
import type { ManyRepositories } from '../support/many-repositories.ts';
import { temporaryFolder } from '../support/pinwheel.ts';
import { useStore } from '../support/store.ts';

const used = useStore();
const branch = 'pinwheel/main/2025.2/refs';
const pins = 'releases/2025.2/source-refs.yaml';
const botsAddress = '1+pinwheel[bot]@users.noreply.github.com';

/** What a person does to a branch of the bot. */
type Deed = 'adds' | 'amends' | 'replaces' | 'merges the base' | "signs in the bot's name";

interface Happening {
  readonly deed: Deed;
  /** Milliseconds after something was pushed to main that the bot has to follow. */
  readonly after: number;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  deed: fc.constantFrom<Deed>(
    ...(['adds', 'amends', 'replaces', 'merges the base', "signs in the bot's name"] as const),
  ),
  after: fc.integer({ min: 0, max: 1500 }),
});

test("somebody else's commit on a branch of the bot stays, whenever it comes", async () => {
  const world = await manyRepositories(used.url);
  const seen = new Map<string, number>();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(happening, async (one) => {
      count += 1;
      const outcome = await play(world, `images-${count}`, one);
      const words = `${one.deed}: ${outcome}`;
      seen.set(words, (seen.get(words) ?? 0) + 1);
    }),
    // A smaller moment tells nothing more, and each run takes seconds.
    { numRuns: Number(process.env['PINWHEEL_RUNS'] ?? 20), endOnFailure: true },
  );
  console.info(Object.fromEntries(seen));
}, 1_200_000);

/** Gives whether the person came first, or the bot and then the person. */
async function play(
  world: ManyRepositories,
  name: string,
  { deed, after }: Happening,
): Promise<string> {
  const { github, settle, sweep } = world;
  const full = `acme/${name}`;
  await world.add(name);
  await sweep(name);
  const alice = github.as('alice', full);
  const clone = join(await temporaryFolder(), 'clone');
  await runGit(['clone', '--quiet', alice.gitUrl, clone]);
  await runGit(['-C', clone, 'checkout', '--quiet', branch]);
  const before = await headOf(clone, 'HEAD');
  const moved = { [pins]: 'nova: "32.0.0"\nkeystone: "28.0.1"  # moved\n' };
  await alice.push({ branch: 'main', files: moved, message: 'Move a little' });
  await sleep(after);
  const pushed = await retry(() => act(clone, deed));
  await settle();
  await sweep(name);
  const files = { [pins]: 'nova: "32.0.0"\nkeystone: "28.0.0"  # back\n' };
  await alice.push({ branch: 'main', files, message: 'Move back' });
  await settle();
  const head = await remoteHead(alice.gitUrl);
  expect(head, `${deed} after ${after} ms`).toBe(pushed.head);
  const comments = [...repositoryOf(github, name).comments.values()];
  expect(comments.map(({ body }) => body.includes(pushed.head.slice(0, 7)))).toEqual([true]);
  return pushed.onto === before ? 'before the bot' : 'after the bot';
}

interface Pushed {
  readonly head: string;
  readonly onto: string;
}

/** As people do it: fetch, change, push with a lease; again where the branch went on meanwhile. */
async function act(clone: string, deed: Deed): Promise<Pushed> {
  await git(clone, 'fetch', '--quiet', 'origin');
  await git(clone, 'reset', '--quiet', '--hard', `origin/${branch}`);
  const onto = await headOf(clone, 'HEAD');
  await change(clone, deed);
  const lease = `--force-with-lease=${branch}:${onto}`;
  await git(clone, 'push', '--quiet', lease, 'origin', `HEAD:${branch}`);
  return { head: await headOf(clone, 'HEAD'), onto };
}

async function change(clone: string, deed: Deed): Promise<void> {
  const commit = ['commit', '--quiet', '--allow-empty'] as const;
  switch (deed) {
    case 'adds':
      await git(clone, ...commit, '--message', 'By hand');
      break;
    case 'amends':
      await git(clone, ...commit, '--amend', '--message', `Mine now\n\n${await messageOf(clone)}`);
      break;
    case 'replaces':
      await git(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
      await git(clone, ...commit, '--message', 'Instead');
      break;
    case 'merges the base':
      await git(clone, 'merge', '--quiet', '--no-ff', '--no-edit', '-X', 'ours', 'origin/main');
      // Where there was nothing to merge yet.
      await git(clone, ...commit, '--message', 'Update branch');
      break;
    case "signs in the bot's name":
      await git(
        clone,
        ...commit,
        '--message',
        'By hand',
        `--author=pinwheel[bot] <${botsAddress}>`,
      );
      break;
  }
}

const alice = { name: 'Alice', email: '2+alice@users.noreply.github.com' } as const;

async function git(clone: string, ...args: readonly string[]): Promise<string> {
  const who = ['-c', `user.name=${alice.name}`, '-c', `user.email=${alice.email}`];
  const env = { ...process.env, GIT_COMMITTER_NAME: alice.name, GIT_COMMITTER_EMAIL: alice.email };
  const all = ['-C', clone, ...who, ...args];
  return (await promisify(execFile)('git', all, { env })).stdout;
}

function messageOf(clone: string): Promise<string> {
  return git(clone, 'log', '-1', '--format=%B');
}

async function headOf(clone: string, revision: string): Promise<string> {
  return (await git(clone, 'rev-parse', revision)).trim();
}

async function remoteHead(url: string): Promise<string> {
  const line = await runGit(['ls-remote', url, `refs/heads/${branch}`]);
  return line.split('\t', 1)[0] ?? '';
}

async function retry<T>(work: () => Promise<T>, tries = 5): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (tries <= 1) throw error;
    return retry(work, tries - 1);
  }
}

function repositoryOf({ site }: GitHub, name: string) {
  const found = [...site.repositories.values()].find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}
