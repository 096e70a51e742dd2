import * as v from 'valibot';
import { parseVersion } from '../model/version.ts';
import { isCron } from './cron.ts';
import { aComponentName, aGitUrl, componentName, gitUrl, seriesId } from './names.ts';
import { textLike } from './yaml-shape.ts';

/*
 * The messages of these schemas say what is expected, as a noun with its article: readShape makes
 * the sentence. Descriptions and examples are for the JSON Schema that editors use.
 */

const tagPattern = /^(?![-./])(?!.*\.\.)[A-Za-z0-9_./+-]*\{version\}[A-Za-z0-9_./+-]*$/;
const branchPattern = /^(?!.*\.\.)[A-Za-z0-9_{][A-Za-z0-9_./+{}-]*$/;
const branchGlob = /^(?!.*\.\.)[A-Za-z0-9_*][A-Za-z0-9_./+*-]*$/;

/** What a person may look up while typing: a description, and examples of values. */
interface Help {
  readonly about: string;
  readonly examples?: readonly string[];
}

interface Text extends Help {
  readonly expected: string;
  readonly pattern: RegExp;
}

function text({ expected, pattern, about, examples }: Text) {
  const help = { description: about, ...(examples && { examples }) };
  return v.pipe(textLike(expected, pattern), v.metadata(help));
}

function choice<const T extends readonly string[]>(values: T, about: string) {
  return v.pipe(v.picklist(values, values.join(' or ')), v.description(about));
}

function count(about: string) {
  const expected = 'a whole number from 1 to 1000';
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(1, expected),
    v.maxValue(1000, expected),
    v.description(about),
  );
}

export const componentSchema = v.strictObject({
  upstream: v.exactOptional(
    text({
      expected: aGitUrl,
      pattern: gitUrl,
      about: 'Its git repository. Without it: the upstream templates, which know openstack/<name>.',
      examples: ['https://github.com/ovn-org/ovn.git'],
    }),
  ),
  build: v.optional(choice(['python', 'autotools'], 'How its source is built.'), 'python'),
  branch: v.exactOptional(
    text({
      expected: 'a branch name, with {line} for the release line',
      pattern: branchPattern,
      about:
        'Branch of a release line, for what follows no OpenStack series. {line} is the first two numbers of the pinned version.',
      examples: ['branch-{line}'],
    }),
  ),
  tag: v.optional(
    text({
      expected: 'a tag name with {version} in it',
      pattern: tagPattern,
      about: 'Name of a release tag.',
      examples: ['v{version}'],
    }),
    '{version}',
  ),
});

const aDayOrVersion = "a day ('2026-12-31') or a version ('32.3.0'), in quotes";

export const ignoreSchema = v.strictObject({
  component: text({
    expected: aComponentName,
    pattern: componentName,
    about: 'The component that is not to move.',
  }),
  series: v.exactOptional(
    text({
      expected: "a series id in quotes, such as '2025.2'",
      pattern: seriesId,
      about: 'Only in this series. Without it: in all of them.',
      examples: ['2025.2'],
    }),
  ),
  until: v.exactOptional(
    v.pipe(
      text({
        expected: aDayOrVersion,
        pattern: /^[0-9v][0-9A-Za-z.!+_-]*$/,
        about: 'Ignored before this day, or until this version is out. Without it: for good.',
        examples: ['2026-12-31', '32.3.0'],
      }),
      v.check((until) => isDay(until) || parseVersion(until) !== undefined, aDayOrVersion),
    ),
  ),
  reason: text({
    expected: 'a sentence that says why',
    pattern: /\S/,
    about: 'Why, for those who come later.',
  }),
});

/** True for a day that the calendar has, as `2026-12-31`. */
function isDay(until: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(until);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

export const limitsSchema = v.strictObject({
  openPullRequests: v.optional(count('Pull requests that the bot keeps open at a time.'), 10),
  commandsPerComment: v.optional(count('Commands that are taken from one comment.'), 5),
  commandsPerHour: v.optional(count('Commands taken from one person in an hour.'), 10),
});

const branches = v.pipe(
  v.array(
    text({
      expected: 'a branch, or a pattern of branches',
      pattern: branchGlob,
      about: 'A branch, or a pattern: * matches within a path segment, ** across.',
    }),
    'a list of branches',
  ),
  v.minLength(1, 'a list of at least one branch'),
  v.description('Base branches to look after.'),
);

const aCron = "a cron expression of five fields, such as '17 */4 * * *'";

const schedule = v.pipe(
  text({
    expected: aCron,
    pattern: /^[0-9*,/-]+(?: [0-9*,/-]+){4}$/,
    about: 'When to look for updates: minute, hour, day, month, weekday; UTC.',
  }),
  v.check(isCron, aCron),
);

/** The keys without maps below them. */
export const plainSchema = v.strictObject({
  builds: v.optional(
    choice(
      ['bot', 'workflow'],
      'Who builds: the bot by dispatch, or the workflow on push and pull request.',
    ),
    'bot',
  ),
  merge: v.optional(
    choice(
      ['never', 'auto'],
      "Whether GitHub's auto-merge, or merge queue, may take the bot's own pull requests that touch no patch, once every required check is green.",
    ),
    'never',
  ),
  branches: v.optional(branches, ['main', 'master', 'stable/**']),
  schedule: v.optional(schedule, '17 */4 * * *'),
  python: v.optional(
    text({
      expected: "a Python version in quotes, such as '3.12'",
      pattern: /^3\.[0-9]{1,2}$/,
      about: 'Python of the images, in quotes: markers of constraints are evaluated for it.',
    }),
    '3.12',
  ),
});

const components = v.pipe(
  v.record(textLike(aComponentName, componentName), componentSchema),
  v.description('What is not openstack/<name>, by name: OVN, OVS, plugins from elsewhere.'),
);

const ignore = v.pipe(v.array(ignoreSchema), v.description('Components that are not to move.'));

const limits = v.pipe(limitsSchema, v.description('How much the bot does at a time.'));

/** .github/pinwheel.yml: every key has a default. */
export const policySchema = v.strictObject({
  components: v.optional(components, {}),
  ignore: v.optional(ignore, []),
  ...plainSchema.entries,
  limits: v.optional(limits, {}),
});
