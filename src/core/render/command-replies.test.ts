import { describe, expect, it } from 'vitest';
import { reaches } from '../model/command.ts';
import type { Mistake } from '../model/command.ts';
import { commandSpec } from '../model/command-table.ts';
import { helpAbout, helpText } from './command-help.ts';
import { commandReply, goneText, limitText, mistakeText } from './command-replies.ts';

const here = {
  names: { components: ['keystone', 'nova'], series: ['2025.1', '2025.2'] },
  role: 'triage',
} as const;

describe('the reply to a mistake', () => {
  it('has a caret under the word, what was meant, and what there is', () => {
    const mistake: Mistake = {
      ...{ line: '/rebuild nov 2025.2', lineNumber: 1, column: 9, length: 3 },
      ...{ message: 'there is no component nov here', nearest: 'nova' },
      verb: 'rebuild',
      expected: 'component',
    };
    expect(mistakeText(mistake, here)).toMatchInlineSnapshot(`
      "\`\`\`text
      /rebuild nov 2025.2
               ^^^
      there is no component nov here
      \`\`\`

      Did you mean \`nova\`?

      Components with an image here: \`keystone\`, \`nova\`.

      It is written \`/rebuild <component|all|failed> <series|all>\`."
    `);
  });

  it('names the commands that this person may use', () => {
    const mistake: Mistake = {
      ...{ line: '/rebild', lineNumber: 1, column: 0, length: 7 },
      ...{ message: 'there is no command /rebild', nearest: '/rebuild' },
      expected: 'verb',
    };
    const text = mistakeText(mistake, here);
    expect(text).toContain('`/check`');
    expect(text).not.toContain('`/cancel`');
  });

  it('keeps the caret in place where letters are wide, and where the line is long', () => {
    const at = { lineNumber: 1, column: 90, length: 5, message: 'x' };
    const text = mistakeText({ ...at, line: `/rebuild \t😀${'a'.repeat(78)}wrong` }, here);
    const [, line = '', carets = ''] = text.split('\n');
    expect(line.slice(carets.indexOf('^'), carets.length)).toBe('wrong');
  });
});

describe('the reply to a comment', () => {
  it('is one for all of its commands', () => {
    const reply = commandReply('alice', [
      { line: '/rebuild nova 2025.2', result: 'working', text: 'One image is being built.' },
      { line: '/help `', result: 'refused', text: 'No.' },
    ]);
    expect(reply).toMatchInlineSnapshot(`
      "For \`alice\`:

      👀 \`/rebuild nova 2025.2\`

      One image is being built.

      ---

      😕 \`\` /help \` \`\`

      No."
    `);
  });

  it('stays within what GitHub takes', () => {
    const many = Array.from({ length: 500 }, () => ({
      ...{ line: '/help', result: 'done', text: 'x'.repeat(500) },
    })) as Parameters<typeof commandReply>[1];
    expect(commandReply('alice', many).length).toBeLessThan(61_000);
  });
});

it('says when the next command is taken', () => {
  expect(limitText({ scope: 'user', limit: 10, at: '2026-01-05T09:00:00Z' })).toBe(
    '10 commands an hour are taken of you, and they are used up. The next one is taken from 2026-01-05T09:00:00Z on.',
  );
});

it('says which branch is gone', () => {
  expect(goneText('stable/2023.1')).toBe(
    'The branch `stable/2023.1` is gone: there is nothing to look at, and nothing to build.',
  );
});

describe('help', () => {
  it('lists every command, and which of them you may use', () => {
    expect(helpText(({ who }) => reaches('triage', who))).toMatchInlineSnapshot(`
      "| command | does |  |
      | --- | --- | --- |
      | \`/help [verb]\` | lists the commands, or explains one of them | you may |
      | \`/status\` | says what was built for this commit, what is being built, and what failed | you may |
      | \`/plan\` | says which images would be built, and which not, and builds nothing | you may |
      | \`/explain <component> <series>\` | says why an image is built or left alone, input by input, and why it failed | you may |
      | \`/check\` | makes the checks of configuration, constraints and patches again | you may |
      | \`/update\` | looks for new releases upstream at once, in all series | needs write |
      | \`/rebuild <component\\|all\\|failed> <series\\|all>\` | builds images whether or not something changed; \`failed\` takes exactly those that failed last, and no series | needs write |
      | \`/retry\` | has the failed jobs of the last build run again as they were, in the same run | needs write |
      | \`/cancel\` | stops what is being built for this commit | needs write |
      | \`/hold [reason=…]\` | puts the label \`pinwheel/hold\` on: the bot neither changes nor merges the pull request | you may |
      | \`/unhold\` | takes the label \`pinwheel/hold\` off | needs write |
      | \`/ok-to-build <commit>\` | has one commit of a fork built, without publishing; the next push needs a new word | needs write |

      Several commands in a comment stand on lines of their own. \`/help <command>\` says more about one."
    `);
  });
  it('explains one', () => {
    expect(helpAbout(commandSpec('cancel'))).toMatchInlineSnapshot(`
      "\`/cancel\`: stops what is being built for this commit.

      For people with the role write, or a higher one. Never taken from an edited comment.

      - \`/cancel\`"
    `);
  });
});
