import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandText } from '../model/command.ts';
import type { CommandLine } from '../model/command.ts';
import { commandTable, verbs } from '../model/command-table.ts';
import { addedCommands, commentCommands } from './comment-commands.ts';

function texts(comment: string): readonly string[] {
  return commentCommands(comment).map((line) =>
    line.kind === 'command' ? commandText(line) : `mistake: ${line.mistake.message}`,
  );
}

function only(comment: string): CommandLine {
  const lines = commentCommands(comment);
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

function mistakeOf(comment: string) {
  const line = only(comment);
  if (line.kind !== 'mistake') throw new Error(`${comment} is no mistake`);
  return line.mistake;
}

describe('commands of a comment', () => {
  it('are lines of prose, wherever they stand in it', () => {
    const comment =
      'Please:\n/rebuild nova 2025.2\n\nand then\n  /check  \r\n- /help\n1. /status\n';
    expect(texts(comment)).toEqual(['/rebuild nova 2025.2', '/check', '/help', '/status']);
    expect(only('a\n\n/status').kind === 'command' && only('a\n\n/status')).toMatchObject({
      command: { lineNumber: 3 },
    });
  });

  it.each([
    ['a fence', '```\n/check\n```'],
    ['an indented block', '    /check'],
    ['a code span', '`/check`'],
    ['a code span over lines', '`a\n/check\nb`'],
    ['a quote', '> /check'],
    ['a lazy quote', '> said\n/check'],
    ['a heading', '# /check'],
    ['a heading with a line below', '/check\n---'],
    ['a link', '[/check](https://example.org)'],
    ['a picture', '![\n/check](a.png)'],
    ['a table', '| /check |\n| --- |\n| /check |'],
    ['an HTML comment', '<!--\n/check\n-->'],
    ['a folded part', '<details>\n\n/check\n\n</details>'],
    ['HTML within a line', 'a <b>\n/check\n</b>'],
    ['a footnote', 'a[^1]\n\n[^1]: /check'],
    ['emphasis', '**a\n/check** b'],
    ['an address', '[a]: /check'],
    ['the middle of a line', 'use /check'],
    ['what the bot wrote', '/check\n\n<!-- pinwheel:topic x -->'],
    ['a path', '/etc/nova/nova.conf'],
    ['a command of another bot', '/lgtm\n/approve'],
    ['a lookalike of the slash', '／check'],
  ])('are not taken from %s', (_, comment) => {
    expect(commentCommands(comment)).toEqual([]);
  });

  it('go on after code, a quote and a folded part', () => {
    const comment =
      '```\n/help\n```\n/check\n\n> /help\n\n<details>\n\n/help\n</details>\n\n/status';
    expect(texts(comment)).toEqual(['/check', '/status']);
  });

  it('are as they are in every example of the table', () => {
    for (const { verb, examples } of commandTable) {
      for (const example of examples) {
        expect(only(`/${example}`)).toMatchObject({ kind: 'command', command: { verb } });
      }
    }
  });

  it('take capitals of a phone, and spaces of any kind', () => {
    expect(only('/Rebuild\u00a0nova\t2025.2')).toMatchObject({ command: { verb: 'rebuild' } });
  });

  it('have values in quotes', () => {
    const line = only('/hold reason="waits for a release"');
    expect(line.kind === 'command' && line.command.words.get('reason')?.text).toBe(
      'waits for a release',
    );
  });
});

describe('a mistake', () => {
  it.each([
    ['/rebild nova 2025.2', 0, 'there is no command /rebild', '/rebuild'],
    ['/rеbuild all all', 0, 'there is no command /r�build', '/rebuild'],
    [
      '/rebuild',
      9,
      'a component is missing: /rebuild <component|all|failed> <series|all>',
      undefined,
    ],
    [
      '/rebuild nova',
      14,
      'a series is missing: /rebuild <component|all|failed> <series|all>',
      undefined,
    ],
    [
      '/rebuild failed 2025.2',
      16,
      '/rebuild takes nothing more here: /rebuild <component|all|failed> <series|all>',
      undefined,
    ],
    [
      '/rebuild nova 2025.2 please',
      21,
      '/rebuild takes nothing more here: /rebuild <component|all|failed> <series|all>',
      undefined,
    ],
    [
      '/rebuild `nova` 2025.2',
      9,
      '` is not part of the name of a component; write it without quotes or marks',
      undefined,
    ],
    [
      '/rebuild "nova" 2025.2',
      9,
      '" is not part of the name of a component; write it without quotes or marks',
      undefined,
    ],
    ['/rebuild $(id) 2025.2', 9, '$ is not part of the name of a component', undefined],
    ['/rebuild ${{secrets.X}} 2025.2', 9, '$ is not part of the name of a component', undefined],
    ['/rebuild nova;id 2025.2', 13, '; is not part of the name of a component', undefined],
    ['/rebuild nоva 2025.2', 10, 'U+043E is not part of the name of a component', undefined],
    ['/rebuild nova\u200b 2025.2', 13, 'U+200B is not part of the name of a component', undefined],
    ['/rebuild ../x 2025.2', 11, '/ is not part of the name of a component', undefined],
    ['/rebuild --all 2025.2', 9, 'that is no name of a component', undefined],
    [
      '/rebuild nova 2025.2 publish=true',
      21,
      '/rebuild has no publish=; it takes nothing of that kind',
      undefined,
    ],
    ['/hold raeson=x', 6, '/hold has no raeson=; it takes reason', 'reason'],
    ['/hold reason=a reason=b', 15, 'reason= stands there twice', undefined],
    ['/hold reason="a', 13, 'the quote is not closed', undefined],
    ['/hold reason=', 13, 'reason= has no value', undefined],
    [
      '/ok-to-build 1f0e9d8',
      13,
      'a commit is written with all its 40 digits, in small letters',
      undefined,
    ],
    ['/help rebiuld', 6, 'there is no command rebiuld', 'rebuild'],
    ['/check it', 7, '/check takes nothing more here: /check', undefined],
  ])('is pointed at: %s', (comment, ...[column, message, nearest]) => {
    const mistake = mistakeOf(comment);
    expect(mistake).toMatchObject({ column, message });
    expect(mistake.nearest).toBe(nearest);
  });

  it('of 10,000 characters is cut', () => {
    const mistake = mistakeOf(`/rebuild ${'a'.repeat(10_000)} 2025.2`);
    expect(mistake.message).toBe('the line has 10016 characters, and a command has at most 400');
    expect(mistake.line.length).toBeLessThan(100);
    expect(mistakeOf(`/rebuild ${'a'.repeat(200)} 2025.2`).message).toBe(
      'that is no name of a component',
    );
  });
});

describe('an edited comment', () => {
  function added(before: string, after: string): readonly string[] {
    const known = commentCommands(before).map(commandText);
    return addedCommands(known, commentCommands(after)).map(commandText);
  }
  it('asks for what is new in it', () => {
    expect(added('/check', '/check\n/status')).toEqual(['/status']);
    expect(added('/check\n/status', '/status\n\n/check')).toEqual([]);
    expect(added('/check', '/check\n/check')).toEqual(['/check']);
    expect(added('/rebild nova 2025.2', '/rebuild  nova 2025.2')).toEqual(['/rebuild nova 2025.2']);
  });
});

describe('hostile comments', { timeout: 60_000 }, () => {
  const pieces = fc.constantFrom(
    ...verbs.map((verb) => `/${verb}`),
    ...['nova', '2025.2', 'all', '`', '```', '\n', '\r\n', ' ', '> ', '<b>', '</b>', '<!--', '-->'],
    ...[
      '*',
      '_',
      '[',
      '](',
      '|',
      '#',
      '- ',
      '    ',
      '\\',
      '&amp;',
      '\0',
      '\u202e',
      'reason="',
      '"',
    ],
    ...['$(x)', '${{ x }}', '@all', '__proto__', 'constructor', '=', '/'],
  );
  it('give commands of harmless words, or a mistake within its line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (comment) => {
          for (const line of commentCommands(comment)) {
            if (line.kind === 'mistake') {
              expect(line.mistake.column).toBeLessThanOrEqual(line.mistake.line.length + 1);
              expect(line.mistake.message).not.toMatch(/[^\x20-\x7e�…]/u);
              continue;
            }
            for (const [name, { text }] of line.command.words) {
              if (name !== 'reason') expect(text).toMatch(/^\/?[A-Za-z0-9][A-Za-z0-9._-]*$/);
            }
            expect(comment).toContain(line.command.line);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['500 commands', '/check\n'.repeat(500)],
    ['quotes in quotes', `${'>'.repeat(30_000)} /check\n/check`],
    ['brackets', `${'['.repeat(60_000)}\n\n/check`],
    ['stars', `${'*a '.repeat(20_000)}\n\n/check`],
    ['ticks', `${Array.from({ length: 300 }, (_, n) => '`'.repeat(n)).join(' ')}\n\n/check`],
    ['open tags', `${'<b '.repeat(20_000)}\n\n/check`],
    ['quotes and lists', `${'> - '.repeat(5_000)}x\n/check`],
    ['quotes line by line', `${'>'.repeat(90)} a\n`.repeat(200)],
    ['lists in lists', `${'- '.repeat(30_000)}\n\n/check`],
    ['lines', `a\n${'/check x\n'.repeat(7_000)}`],
  ])('are read in time: %s', (_, comment) => {
    const begun = performance.now();
    commentCommands(comment);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
