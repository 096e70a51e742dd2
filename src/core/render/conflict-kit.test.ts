import { describe, expect, it } from 'vitest';
import { patchText, queueOf } from '../../../test/support/patch-queue.ts';
import type { JudgedQueue, Judgement } from '../model/patch-verdict.ts';
import { conflictKits, kitCommands, kitLines } from './conflict-kit.ts';
import type { KitSource } from './conflict-kit.ts';

const commit = 'c'.repeat(40);
const conflict = { path: 'a', hunk: 1, line: 9, endLine: 11, why: 'patch does not apply' };
const merged: Judgement = {
  verdict: 'conflict',
  conflicts: [conflict],
  noMerge: { kind: 'conflict' },
};

/** The judgements, on patches whose texts are given by name. */
function judged(judgements: readonly (readonly [name: string, text: string, Judgement])[]): {
  readonly queue: JudgedQueue;
  readonly source: KitSource;
} {
  const verdicts = judgements.map(([name, , judgement]) => ({
    ...judgement,
    ...{ path: `patches/nova/2025.2/${name}`, component: 'nova', series: '2025.2', files: ['a'] },
  }));
  const queue = queueOf(Object.fromEntries(judgements.map(([name, text]) => [name, text])));
  const preImages = new Map(verdicts.map(({ path }, index) => [path, [`${index}`.repeat(40)]]));
  return {
    queue: { component: 'nova', series: '2025.2', ref: '32.1.0', commit, verdicts },
    source: { queue, url: 'https://opendev.org/openstack/nova', preImages },
  };
}

const mail = patchText('Fix it', 'a');
const plain = mail.slice(mail.indexOf('diff --git'));

describe('the kit of a conflict', () => {
  it('applies what comes before and counts, stops at the patch, and writes it where it was', () => {
    const { queue, source } = judged([
      ['0001-mail.patch', mail, { verdict: 'applies' }],
      [
        '0002-up.patch',
        mail,
        { verdict: 'already-upstream', by: 'reverse', evidence: ['reverse'] },
      ],
      ['0003-plain_diff.patch', plain, { verdict: 'refreshable', conflicts: [] }],
      ['0004-fix.patch', mail, merged],
      ['0005-after.patch', mail, { verdict: 'applies' }],
    ]);
    const kits = conflictKits(queue, source);
    expect(kitLines({ ...queue, kits }).join('\n')).toMatchInlineSnapshot(`
      "
      To rebuild patches/nova/2025.2/0004-fix.patch by hand, paste this in the folder of the images repository:
          src=$(mktemp -d)
          git clone --filter=blob:none --no-checkout https://opendev.org/openstack/nova "$src"
          git -C "$src" switch --detach cccccccccccccccccccccccccccccccccccccccc
          git -C "$src" fetch -q origin 0000000000000000000000000000000000000000 2222222222222222222222222222222222222222 3333333333333333333333333333333333333333
          git -C "$src" am --3way --keep-cr "$PWD"/patches/nova/2025.2/0001-mail.patch
          git -C "$src" apply --index --3way "$PWD"/patches/nova/2025.2/0003-plain_diff.patch && git -C "$src" commit -q -m 'plain diff'
          git -C "$src" am --3way --keep-cr "$PWD"/patches/nova/2025.2/0004-fix.patch
      git stops there and marks what is in the way. Put the change where it belongs now:
          $(git var GIT_EDITOR) "$src"/a
      and then:
          ! git -C "$src" grep -n '^<<<<<<< ' &&
          git -C "$src" add -A &&
          if [ -d "$src"/.git/rebase-apply ]; then git -C "$src" am --continue; else git -C "$src" commit -q --amend --no-edit; fi &&
          git -C "$src" format-patch -1 --zero-commit --stdout > patches/nova/2025.2/0004-fix.patch
      "
    `);
    expect(kitLines(queue)).toEqual([]);
  });

  it('works without a base, without a mail, and with what would be there twice', () => {
    const unknown: Judgement = { ...merged, noMerge: { kind: 'base-unknown', blobs: ['1234567'] } };
    const twice: Judgement = { ...merged, noMerge: { kind: 'applied-twice', paths: ['a'] } };
    const nothing: Judgement = { ...merged, noMerge: { kind: 'changes-nothing' } };
    const { queue, source } = judged([
      ['1-mail.patch', mail, unknown],
      ['2-plain.patch', plain, unknown],
      ['3.patch', plain, merged],
      ['4-twice.patch', mail, twice],
      ['5-nothing.patch', mail, nothing],
    ]);
    const kits = conflictKits(queue, source);
    expect(kits.map((kit) => kitCommands(kit).slice(4))).toMatchInlineSnapshot(`
      [
        [
          "git -C "$src" am --keep-cr "$PWD"/patches/nova/2025.2/1-mail.patch",
          "git -C "$src" apply --reject "$PWD"/patches/nova/2025.2/1-mail.patch",
          "$(git var GIT_EDITOR) "$src"/a",
          "! git -C "$src" grep -n '^<<<<<<< ' &&
      git -C "$src" add -A -- . ':!*.rej' &&
      if [ -d "$src"/.git/rebase-apply ]; then git -C "$src" am --continue; else git -C "$src" commit -q --amend --no-edit; fi &&
      git -C "$src" format-patch -1 --zero-commit --stdout > patches/nova/2025.2/1-mail.patch",
        ],
        [
          "git -C "$src" apply --reject "$PWD"/patches/nova/2025.2/2-plain.patch",
          "$(git var GIT_EDITOR) "$src"/a",
          "! git -C "$src" grep -n '^<<<<<<< ' &&
      git -C "$src" add -A -- . ':!*.rej' &&
      git -C "$src" commit -q -m plain &&
      git -C "$src" format-patch -1 --zero-commit --stdout > patches/nova/2025.2/2-plain.patch",
        ],
        [
          "git -C "$src" apply --index --3way "$PWD"/patches/nova/2025.2/3.patch",
          "$(git var GIT_EDITOR) "$src"/a",
          "! git -C "$src" grep -n '^<<<<<<< ' &&
      git -C "$src" add -A &&
      git -C "$src" commit -q -m 'Carried patch' &&
      git -C "$src" format-patch -1 --zero-commit --stdout > patches/nova/2025.2/3.patch",
        ],
        [
          "git -C "$src" am --3way --keep-cr "$PWD"/patches/nova/2025.2/4-twice.patch",
          "$(git var GIT_EDITOR) "$src"/a",
          "! git -C "$src" grep -n '^<<<<<<< ' &&
      git -C "$src" add -A &&
      git -C "$src" commit -q --amend --no-edit &&
      git -C "$src" format-patch -1 --zero-commit --stdout > patches/nova/2025.2/4-twice.patch",
        ],
      ]
    `);
  });

  it('clones all where nobody knows which blobs are needed, and shows no credentials', () => {
    const { queue, source } = judged([['1-fix.patch', mail, merged]]);
    const url = 'https://user:secret@example.org/nova';
    const [kit] = conflictKits(queue, { ...source, url, preImages: new Map() });
    expect(kit?.before).toEqual([
      'src=$(mktemp -d)',
      'git clone --no-checkout https://example.org/nova "$src"',
      `git -C "$src" switch --detach ${commit}`,
      'git -C "$src" am --3way --keep-cr "$PWD"/patches/nova/2025.2/1-fix.patch',
    ]);
  });
});
