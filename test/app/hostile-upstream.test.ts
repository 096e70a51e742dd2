import { describe, expect, it } from 'vitest';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { imagesRepository } from '../support/pinwheel.ts';
import { sweptPlace } from '../support/swept-place.ts';
import type { SweptPlace } from '../support/swept-place.ts';

const pins = 'releases/2025.2/source-refs.yaml';
const lock = 'releases/2025.2/source-refs.lock.yaml';
const refs = 'pinwheel/main/2025.2/refs';

const dockerfile = `FROM python-base
RUN --mount=type=bind,from=source,target=/source true
`;
const repository: Readonly<Record<string, string>> = {
  'images/python-base/Dockerfile': 'FROM scratch\n',
  'images/nova/Dockerfile': dockerfile,
  [pins]: 'nova: "32.0.0"\n',
};

const longLine = 'very '.repeat(2000);
/** Each line asks GitHub, a bot or a browser to do something. */
const commands = [
  '@everyone @acme/admins look, alice',
  'Closes #1, fixes acme/images#1 and GH-1',
  '/rebuild all',
  '<img src=x onerror=alert(1)><script>alert(1)</script></details></td>',
  '| a | table | that | is | none |',
  '```',
  longLine,
];

function note(lines: readonly string[]): string {
  const text = lines.map((line) => `    ${line}\n`).join('');
  return `---\nfixes:\n  - |\n${text}`;
}

const story: OpenStackStory = {
  series: [{ id: '2025.2', name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' }],
  components: [
    {
      name: 'nova',
      lines: {
        '2025.2': [
          '32.0.0',
          {
            version: '32.1.0',
            commits: commands.map((line, at) => ({
              message: `${line.slice(0, 9000)}\n\nCloses #1\n@everyone\n`,
              files: {
                [`releasenotes/notes/a-${at}-0123456789abcdef.yaml`]: note([line, ...commands]),
              },
            })),
          },
        ],
      },
    },
  ],
};

function place(): Promise<SweptPlace> {
  return sweptPlace({
    story,
    files: async ({ template }) => {
      const bench = await imagesRepository(repository, template);
      await bench.run('lock');
      return { ...repository, [lock]: await bench.read(lock) };
    },
  });
}

/** What a person sees of a pull request, as HTML: mentions, references and raw HTML would be live there. */
async function pageOf({ github }: SweptPlace, number: number): Promise<string> {
  const page = await fetch(`${github.url}/acme/images/pull/${number}`);
  return page.text();
}

describe('words of upstream', { timeout: 90_000 }, () => {
  it('call nobody, close nothing, order nothing and break nothing in a pull request', async () => {
    const here = await place();
    await here.sweep();
    const pull = here.pulls().get(refs);
    const { body = '', title = '', number = 0 } = pull ?? {};
    expect(body).toContain('alert(1)');
    expect(body.length).toBeLessThan(65_536);
    expect(body.length).toBeLessThan(60_000);
    expect(title).not.toMatch(/[@#<]/);
    for (const subject of await here.subjects(refs)) expect(subject).not.toMatch(/[@#]/);

    const page = await pageOf(here, number);
    expect(page).toContain('alert(1)');
    expect(page).not.toMatch(/class="mention"|<script>alert|onerror=alert\(1\)>/);
    // The table of moves is whole, with all its cells, and nothing of upstream is a row of it.
    const [head = '', , row = '', after = ''] = body.slice(body.indexOf('| component')).split('\n');
    expect(row).toMatch(/^\| `nova` \| `32\.0\.0` \| `32\.1\.0` \|.*\|$/);
    expect(row.split('|')).toHaveLength(head.split('|').length);
    expect(after).toBe('');
  });
});

describe('a branch of the bot that rules forbid', { timeout: 90_000 }, () => {
  it('is told in one line, and opened once they allow it', async () => {
    const here = await place();
    await here.alice.protect({ pattern: 'pinwheel/**/*' });
    expect(await here.sweep()).toEqual({
      kind: 'nothing',
      why: 'main: 2 refused by GitHub (GitHub: GraphQL: Changes must be made through a pull request)',
    });
    expect([...here.pulls()]).toEqual([]);
    await here.alice.protect();
    await here.sweep();
    expect([...here.pulls().keys()]).toContain(refs);
  });
});
