import { describe, expect, it } from 'vitest';
import { writesAt } from '../support/github-writes.ts';
import { placeWithApp, startTestApp, untilIdle } from '../support/running-app.ts';
import type { Place, WatchedApp } from '../support/running-app.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

describe('a repository', () => {
  interface Story extends Place {
    readonly app: Place['app'];
    readonly bot: WatchedApp;
  }

  /** With repositories beside the usual one, before the bot starts. */
  async function story(files: Readonly<Record<string, Record<string, string>>>): Promise<Story> {
    const here = await placeWithApp({ files: { 'README.md': 'Nothing here\n' } });
    for (const [name, content] of Object.entries(files)) {
      const people = { alice: 'admin' } as const;
      await here.github.addRepository({ name: `acme/${name}`, files: content, people });
    }
    const bot = await startTestApp({ ...here, databaseUrl: used.url });
    return { ...here, bot };
  }

  /** What became of the sweep of a repository, in one line. */
  function outcome({ bot }: Story, name: string): readonly unknown[] {
    return bot.lines
      .filter(
        ({ msg, kind }) => /^job (?:done|nothing|refused|later)/.test(msg) && kind === 'sweep',
      )
      .filter(({ what }) => String(what).includes(`acme/${name}`))
      .map(({ msg, why, done }) => [msg, why ?? done]);
  }

  function sweepOf({ installation }: Place, name: string) {
    return { kind: 'sweep', repository: { installation, owner: 'acme', name } } as const;
  }

  it('that cannot be used is told of in one line, and left as it is', async () => {
    const here = await story({
      policy: {
        'releases/2025.2/source-refs.yaml': 'nova: "32.0.0"\n',
        '.github/pinwheel.yml': 'limits:\n  openPullRequests: [many\n',
      },
      pins: { 'releases/2025.2/source-refs.yaml': 'nova: {ref: 32.0.0\n' },
      old: { 'README.md': 'x\n' },
      young: { 'README.md': 'x\n' },
    });
    const { github, bot } = here;
    await bot.until(() => bot.said('job done').some(({ kind }) => kind === 'sweep-all'));
    await untilIdle(bot);
    await github.as('alice', 'acme/old').archive();
    await github.as('alice', 'acme/young').rename('grown');
    for (const name of ['old', 'young']) {
      await bot.store.enqueue(sweepOf(here, name));
    }
    await bot.store.enqueue(sweepOf({ ...here, installation: 99 }, 'elsewhere'));
    const all = ['images', 'policy', 'pins', 'old', 'young', 'elsewhere'];
    await bot.until(() => all.every((name) => outcome(here, name).length > 0));
    await untilIdle(bot);
    const lines = all.map((name) => [name, outcome(here, name).at(-1)]);
    expect(lines).toMatchInlineSnapshot(`
      [
        [
          "images",
          [
            "job refused",
            "main: it has no releases/ folder",
          ],
        ],
        [
          "policy",
          [
            "job refused",
            "main: .github/pinwheel.yml:3: .github/pinwheel.yml is not valid YAML: flow sequence in block collection must be sufficiently inde…",
          ],
        ],
        [
          "pins",
          [
            "job refused",
            "main: releases/2025.2/source-refs.yaml:1: \`nova: {ref: 32.0.0\` is not valid YAML: flow map in block collection must be sufficiently indented and end with a }",
          ],
        ],
        [
          "old",
          [
            "job nothing",
            "acme/old is archived",
          ],
        ],
        [
          "young",
          [
            "job nothing",
            "the App is not installed on acme/young",
          ],
        ],
        [
          "elsewhere",
          [
            "job nothing",
            "the App is not installed on acme/elsewhere",
          ],
        ],
      ]
    `);
    expect(bot.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(writesAt(github)).toEqual([]);
  });

  it('that loses the App in the middle of a sweep has the sweep end in one line', async () => {
    const here = await story({});
    const { github, bot } = here;
    await untilIdle(bot);
    const [installation] = github.site.installations.values();
    if (!installation) throw new Error('it is not installed');
    const listing = 'GET /repos/{owner}/{repo}/branches';
    github.faults.plant({ on: listing, fault: 'slow 700ms' });
    const asked = github.requests.length;
    await bot.store.enqueue(sweepOf(here, 'images'));
    await bot.until(() => github.requests.slice(asked).some(({ path }) => /\/git\/ref/.test(path)));
    github.uninstall(installation);
    const gone = ['job nothing', 'the App is not installed on acme/images'];
    await bot.until(() => outcome(here, 'images').length === 2);
    expect(outcome(here, 'images').at(-1)).toEqual(gone);
    expect(bot.said('job failed')).toMatchObject([
      { err: { message: expect.stringContaining('401 Bad credentials') as string } },
    ]);
    expect(bot.said('job dead: pinwheel jobs --retry has it run again')).toEqual([]);
    expect(writesAt(github)).toEqual([]);
  });
});
