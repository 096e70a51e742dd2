import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicy } from './policy.ts';

const path = '.github/pinwheel.yml';

const defaults = {
  components: new Map(),
  ignore: [],
  builds: 'bot',
  merge: 'never',
  branches: ['main', 'master', 'stable/**'],
  schedule: '17 */4 * * *',
  python: '3.12',
  limits: { openPullRequests: 10, commandsPerComment: 5, commandsPerHour: 10 },
};

function problemsOf(text: string): string[] {
  const { problems } = readPolicy(text, path);
  return problems.map(
    ({ line, code, message, remedy }) => `${line} ${code}: ${message}; ${remedy}`,
  );
}

describe('the policy file', () => {
  it.each([
    ['it is missing', undefined],
    ['it is empty', ''],
    ['it holds comments only', '# builds: bot\n'],
    ['what a key held is commented out', 'ignore:\n#  - component: nova\nlimits:\ncomponents:\n'],
  ])('has a default for every key where %s', (_, text) => {
    expect(readPolicy(text, path)).toEqual({ value: defaults, problems: [] });
  });

  it('says all that can be said', () => {
    const text = `
components:
  ovn:
    upstream: https://github.com/ovn-org/ovn.git
    build: autotools
    branch: branch-{line}
    tag: v{version}
  tap-as-a-service: {upstream: "git@git.example.org:neutron/taas"}
ignore:
  - component: cinder
    series: "2025.2"
    until: 2026-12-31
    reason: waits for the driver
  - {component: nova, until: "33.0", reason: heavy}
builds: workflow
merge: auto
branches: [main]
schedule: '5 0,12 * * 1-5'
python: '3.13'
limits: {openPullRequests: 3}
`;
    expect(readPolicy(text, path)).toEqual({
      problems: [],
      value: {
        components: new Map([
          [
            'ovn',
            {
              upstream: 'https://github.com/ovn-org/ovn.git',
              build: 'autotools',
              branch: 'branch-{line}',
              tag: 'v{version}',
            },
          ],
          [
            'tap-as-a-service',
            { upstream: 'git@git.example.org:neutron/taas', build: 'python', tag: '{version}' },
          ],
        ]),
        ignore: [
          {
            ...{ component: 'cinder', series: '2025.2', until: '2026-12-31' },
            ...{ reason: 'waits for the driver', line: 10 },
          },
          { component: 'nova', until: '33.0', reason: 'heavy', line: 14 },
        ],
        builds: 'workflow',
        merge: 'auto',
        branches: ['main'],
        schedule: '5 0,12 * * 1-5',
        python: '3.13',
        limits: { openPullRequests: 3, commandsPerComment: 5, commandsPerHour: 10 },
      },
    });
  });

  it('offers the key that was probably meant, wherever the slip is', () => {
    const text = `bilds: bot
components:
  ovn:
    upsteam: https://github.com/ovn-org/ovn
    zzz: 1
ignore:
  - component: nova
    reasn: x
    reason: y
limits:
  openPullRequest: 1
`;
    expect(problemsOf(text)).toEqual([
      '1 unknown-key: bilds is not a key that Pinwheel knows; write builds',
      '4 unknown-key: components.ovn.upsteam is not a key that Pinwheel knows; write upstream',
      '5 unknown-key: components.ovn.zzz is not a key that Pinwheel knows; remove it, or use one of upstream, build, branch, tag',
      '8 unknown-key: ignore[0].reasn is not a key that Pinwheel knows; write reason',
      '11 unknown-key: limits.openPullRequest is not a key that Pinwheel knows; write openPullRequests',
    ]);
  });

  it('says what is expected where a value is wrong', () => {
    const text = `builds: robot
python: 3.10
branches: main
schedule: '61 * * * *'
limits:
  openPullRequests: many
  commandsPerHour: 0
ignore:
  - component: nova
  - component: nova
    series: 2025.2
    reason: ok
components:
  ovn: [1]
  ../etc: {}
`;
    expect(problemsOf(text)).toEqual([
      '1 wrong-value: builds is "robot", not bot or workflow; write bot or workflow',
      "2 wrong-value: python is the number 3.10, not a Python version in quotes, such as '3.12'; write a Python version in quotes, such as '3.12'",
      '3 wrong-value: branches is "main", not a list of branches; write a list of branches',
      `4 wrong-value: schedule is "61 * * * *", not a cron expression of five fields, such as '17 */4 * * *'; write a cron expression of five fields, such as '17 */4 * * *'`,
      '6 wrong-value: limits.openPullRequests is "many", not a whole number from 1 to 1000; write a whole number from 1 to 1000',
      '7 wrong-value: limits.commandsPerHour is the number 0, not a whole number from 1 to 1000; write a whole number from 1 to 1000',
      '9 missing-key: ignore[0] has no reason; add reason',
      "11 wrong-value: ignore[1].series is the number 2025.2, not a series id in quotes, such as '2025.2'; write a series id in quotes, such as '2025.2'",
      '14 wrong-value: components.ovn is a list, not a map of keys and values; write a map of keys and values',
      '15 wrong-key: "../etc" is not a component name (letters, digits, dot, dash and underscore); write a component name (letters, digits, dot, dash and underscore)',
    ]);
  });

  it('keeps what is right beside what is wrong', () => {
    const { value } = readPolicy(
      'builds: workflow\npython: 3.10\nlimits: {commandsPerHour: 0, openPullRequests: 2}\nignore: [{component: nova}, {component: glance, reason: x}]\n',
      path,
    );
    expect(value).toEqual({
      ...defaults,
      builds: 'workflow',
      limits: { openPullRequests: 2, commandsPerComment: 5, commandsPerHour: 10 },
      ignore: [{ component: 'glance', reason: 'x', line: 4 }],
    });
  });

  it('has one finding for a file that is something else', () => {
    expect(problemsOf('- builds: bot\n')).toEqual([
      '1 wrong-value: .github/pinwheel.yml is a list, not a map of keys and values; write a map of keys and values',
    ]);
    expect(problemsOf('builds: "bot\n')).toHaveLength(1);
  });
});

describe('the upstream of a component', () => {
  it.each([
    'https://github.com/ovn-org/ovn.git',
    'http://127.0.0.1:8080/ovn.git',
    'http://[::1]:8080/ovn.git',
    'ssh://git@review.example.org:29418/plugins/a',
    'git://git.example.org/a',
    'file:///srv/git/a.git',
    'git@github.com:me/plugin.git',
  ])('may be %s', (url) => {
    expect(problemsOf(`components: {x: {upstream: ${JSON.stringify(url)}}}`)).toEqual([]);
  });

  it.each([
    'ext::sh -c touch% /tmp/x',
    'ext::https://x',
    '--upload-pack=touch /tmp/x',
    '-x',
    'ssh://-oProxyCommand=touch/x',
    'git@-oProxyCommand=touch:x',
    'git@host:-x',
    'https://me:secret@example.org/a',
    'https://example.org',
    'ftp://example.org/a',
    'file://host/a',
    '/srv/git/a',
    '../a',
    'https://example.org/a b',
    'https://example.org/a\nb',
    '',
  ])('may not be %j', (url) => {
    expect(problemsOf(`components: {x: {upstream: ${JSON.stringify(url)}}}`)).toHaveLength(1);
  });
});

describe('the end of an ignore rule', () => {
  it.each(['2028-02-29', '32.3.0', '33.0.0.0rc1', 'v25.09.5'])('may be %s', (until) => {
    expect(problemsOf(`ignore: [{component: a, reason: b, until: '${until}'}]`)).toEqual([]);
  });

  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', 'soon', '2025.2-eol', ''])(
    'may not be %j',
    (until) => {
      expect(problemsOf(`ignore: [{component: a, reason: b, until: '${until}'}]`)).toHaveLength(1);
    },
  );
});

describe('patterns of tags and branches', () => {
  it.each(['v{version}', '{version}', 'release/{version}-final'])('take the tag %s', (tag) => {
    expect(problemsOf(`components: {x: {tag: '${tag}'}}`)).toEqual([]);
  });

  it.each([
    'version',
    '-{version}',
    'v{version} ',
    '..{version}',
    '{version}{version}',
    '$(x){version}',
  ])('refuse the tag %j', (tag) => {
    expect(problemsOf(`components: {x: {tag: '${tag}'}}`)).toHaveLength(1);
  });

  it.each(['-x', '', 'a b', 'a..b'])('refuse the base branch %j', (branch) => {
    expect(problemsOf(`branches: ['${branch}']`)).toHaveLength(1);
  });
});

describe('a hostile policy file', () => {
  const keys = ['components', 'ignore', 'builds', 'branches', 'python', 'limits', '__proto__'];
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 3.1, 'x', '', -1),
      fc.string(),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...keys, 'ovn', 'tag', 'reason', 'upstream'), tie('any')),
    ),
  })).any;

  it('never makes the reader throw, and all its values have their types', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          value.map((any) => JSON.stringify(any)),
          fc.string(),
        ),
        (text) => {
          const { value: policy } = readPolicy(text, path);
          expect(policy.limits.openPullRequests).toBeGreaterThan(0);
          expect(policy.branches.length).toBeGreaterThan(0);
          expect(policy.python).toMatch(/^3\.\d+$/);
          for (const { reason } of policy.ignore) expect(reason).toMatch(/\S/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
