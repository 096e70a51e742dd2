import { describe, expect, it } from 'vitest';
import type { NewCommit } from '../../../sandbox/fast-import.ts';
import { shownOrigins, text } from '../../../test/support/line-scenes.ts';

const base: NewCommit = { message: 'Base', label: 'base', files: { f: text(), g: 'g\n' } };

describe('commits that changed the lines of a conflict', () => {
  it('are those since the base that touched them, and no others', async () => {
    const found = await shownOrigins({
      master: [
        { message: 'Before', label: 'before', files: { f: text({ 15: 'old' }) } },
        base,
        { message: 'First', label: 'first', files: { f: text({ 15: 'one' }) } },
        { message: 'Far', files: { f: text({ 15: 'one', 28: 'far' }) } },
        { message: 'Other file', files: { f: text({ 15: 'one', 28: 'far' }), g: 'gg\n' } },
        { message: 'Second', files: { f: text({ 14: 'two', 15: 'one', 28: 'far' }) } },
      ],
      tags: [
        { name: '1.0.0', target: 'base' },
        { name: '1.1.0.0rc1', target: 'first' },
      ],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(found).toEqual(['f#1 changed: Second (-), First (1.1.0.0rc1) | ']);
  });

  it('are named for every hunk that they are in the way of, not only for the first', async () => {
    const found = await shownOrigins({
      master: [
        base,
        { message: 'Top', files: { f: text({ 2: 'top' }) } },
        { message: 'End', files: { f: text({ 2: 'top', 29: 'end' }) } },
      ],
      patch: { f: text({ 3: 'a', 15: 'b', 28: 'c' }) },
    });
    expect(found).toEqual(['f#1 changed: Top (-) | ', 'f#3 changed: End (-) | ']);
  });

  it('may insert between context lines', async () => {
    const found = await shownOrigins({
      master: [base, { message: 'Insert', files: { f: text({ 13: 'line 13\nnew' }) } }],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(found).toEqual(['f#1 changed: Insert (-) | ']);
  });

  it('may append where the patch appends', async () => {
    const found = await shownOrigins({
      master: [base, { message: 'Append', files: { f: `${text()}more\n` } }],
      patch: { f: `${text()}mine\n` },
    });
    expect(found).toEqual(['f#1 changed: Append (-) | ']);
  });

  it('may take the lines away, in one step or in several', async () => {
    const found = await shownOrigins({
      master: [
        base,
        { message: 'Change', files: { f: text({ 15: 'other' }) } },
        { message: 'Delete', files: { f: text({ 14: undefined, 15: undefined }) } },
      ],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(found).toEqual(['f#1 changed: Delete (-), Change (-) | ']);
  });

  it('may take away the end of the file, where git names the commits of the whole file', async () => {
    const end = { 28: undefined, 29: undefined, 30: undefined };
    const found = await shownOrigins({
      master: [
        base,
        { message: 'Top', files: { f: text({ 1: 'x' }) } },
        { message: 'Cut', files: { f: text({ 1: 'x', ...end }) } },
      ],
      patch: { f: `${text()}mine\n` },
    });
    expect(found).toEqual(['f#1 file-changed: Cut (-), Top (-) | ']);
  });

  it('may empty the file', async () => {
    const found = await shownOrigins({
      master: [base, { message: 'Empty', files: { f: '' } }],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(found).toEqual(['f#1 file-changed: Empty (-) | ']);
  });

  it('are found through merges, which are not named for what they bring', async () => {
    const found = await shownOrigins({
      master: [base, { message: 'Main', label: 'main', files: { f: text({ 5: 'main' }) } }],
      branches: [
        {
          name: 'side',
          from: 'base',
          commits: [{ message: 'Side', files: { f: text({ 15: 'side' }) } }],
        },
        {
          name: 'master',
          from: 'main',
          commits: [
            { message: 'Merge', merges: ['side'], files: { f: text({ 5: 'main', 15: 'side' }) } },
          ],
        },
      ],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(found).toEqual(['f#1 changed: Side (-) | ']);
  });

  it('include a merge that made the lines itself', async () => {
    const found = await shownOrigins({
      master: [base, { message: 'Main', label: 'main', files: { g: 'main\n' } }],
      branches: [
        { name: 'side', from: 'base', commits: [{ message: 'Side', files: { h: 'side\n' } }] },
        {
          name: 'master',
          from: 'main',
          commits: [
            { message: 'Evil', merges: ['side'], files: { h: 'side\n', f: text({ 15: 'evil' }) } },
          ],
        },
      ],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(found).toEqual(['f#1 changed: Evil (-) | ']);
  });

  it('are found in a file with CRLF, and where the change is of line ends alone', async () => {
    const crlf = { ...base, files: { f: text({}, '\r\n') } };
    const found = await shownOrigins({
      master: [crlf, { message: 'Edit', files: { f: text({ 15: 'x' }, '\r\n') } }],
      patch: { f: text({ 15: 'mine' }, '\r\n') },
    });
    expect(found).toEqual(['f#1 changed: Edit (-) | ']);
    const unix = await shownOrigins({
      master: [crlf, { message: 'Unix', files: { f: text() } }],
      patch: { f: text({ 15: 'mine' }, '\r\n') },
    });
    expect(unix).toEqual(['f#1 changed: Unix (-) | ']);
  });

  it('are those of the whole file where it has no lines', async () => {
    const found = await shownOrigins({
      master: [
        { message: 'Base', label: 'base', files: { f: Buffer.from([0, 1, 2]) } },
        { message: 'Bytes', files: { f: Buffer.from([0, 1, 3]) } },
      ],
      patch: { f: Buffer.from([0, 1, 4]) },
    });
    expect(found).toEqual(['f file-changed: Bytes (-) | ']);
  });

  it('are found whatever the file is called', async () => {
    const path = 'a:b "c" -L1,2:é/*';
    const found = await shownOrigins({
      master: [
        { message: 'Base', label: 'base', files: { [path]: text() } },
        { message: 'Edit', files: { [path]: text({ 15: 'x' }) } },
      ],
      patch: { [path]: text({ 15: 'mine' }) },
    });
    expect(found).toEqual([`${path}#1 changed: Edit (-) | `]);
  });

  it('are as many as people read', async () => {
    const edits = Array.from({ length: 23 }, (_, index) => ({
      message: `Edit ${index}`,
      files: { f: text({ 15: `${index}` }) },
    }));
    const [line = ''] = await shownOrigins({
      master: [base, ...edits],
      patch: { f: text({ 15: 'mine' }) },
    });
    expect(line).toMatch(/^f#1 changed: Edit 22 .* Edit 3 \(-\) \| {2}\+3$/);
  });
});
