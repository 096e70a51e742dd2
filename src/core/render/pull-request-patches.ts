import type { JudgedQueue, PatchRepair, PatchVerdict } from '../model/patch-verdict.ts';
import type { ProposalGroup } from '../model/proposal.ts';
import { block, code, count, details, htmlCode, table } from './markdown.ts';
import type { Section } from './markdown.ts';
import { verdictReason } from './conflict-words.ts';

/** `1 patch refreshed and 2 dropped; all others apply.` */
export function patchWords({ queues }: ProposalGroup): string {
  const verdicts = queues.flatMap((queue) => queue.verdicts);
  if (verdicts.length === 0) return '';
  const repairs = queues.flatMap((queue) => queue.repairs ?? []);
  const stuck = verdicts.filter(({ verdict }) => isStuck(verdict)).length;
  const parts = [
    ...counted(repairs, 'refresh', 'refreshed'),
    ...counted(repairs, 'drop', 'dropped'),
    ...(stuck > 0 ? [`${count(stuck, 'patch')} in the way`] : []),
  ];
  if (parts.length === 0) {
    return verdicts.length === 1 ? 'Its patch applies.' : `All ${verdicts.length} patches apply.`;
  }
  return `${parts.join(', ')}.`;
}

/** `nova's 0001-fix.patch conflicts`, of the first one that needs a person; the rest follows from it. */
export function stuckWords({ queues }: ProposalGroup): string {
  const stuck = queues.flatMap(({ verdicts }) =>
    verdicts.filter(({ verdict }) => isStuck(verdict)),
  );
  const [first] = stuck;
  if (!first) return '';
  const others = stuck.length === 1 ? '' : ` (and ${stuck.length - 1} more)`;
  return `${code(nameOf(first.path))} ${stuckVerbs[first.verdict] ?? 'does not fit'}${others}`;
}

const stuckVerbs: Readonly<Partial<Record<PatchVerdict['verdict'], string>>> = {
  conflict: 'conflicts',
  malformed: 'cannot be read',
  refused: 'is refused',
};

function counted(
  repairs: readonly PatchRepair[],
  kind: PatchRepair['kind'],
  word: string,
): readonly string[] {
  const n = repairs.filter((repair) => repair.kind === kind).length;
  return n === 0 ? [] : [`${count(n, 'patch')} ${word}`];
}

function isStuck(verdict: PatchVerdict['verdict']): boolean {
  return ['conflict', 'malformed', 'refused', 'not-reached'].includes(verdict);
}

/** What becomes of every patch, never cut, and what a refresh changed, folded. */
export function patchSections({ queues }: ProposalGroup): readonly Section[] {
  const rows = queues.flatMap((queue) => queue.verdicts.map((verdict) => row(queue, verdict)));
  if (rows.length === 0) return [];
  const refreshed = queues.flatMap((queue) => queue.repairs ?? []).filter(changesLines);
  return [
    { text: `### Patches\n\n${table(['patch', 'here', 'why'], rows)}` },
    ...refreshed.map(({ path, interdiff }) => ({
      text: details(
        `What the refresh of ${htmlCode(nameOf(path))} changes`,
        block(interdiff, 'diff'),
      ),
      optional: true,
      instead: `What the refresh of ${code(nameOf(path))} changes is too long to be shown here.`,
    })),
  ];
}

type Refresh = Extract<PatchRepair, { readonly kind: 'refresh' }>;

/** Of some only line numbers and blob ids are others. */
function changesLines(repair: PatchRepair): repair is Refresh {
  return repair.kind === 'refresh' && repair.interdiff.trim() !== '';
}

function row({ component, ref, repairs }: JudgedQueue, verdict: PatchVerdict): readonly string[] {
  const repair = repairs?.find(({ path }) => path === verdict.path);
  const fate = repair ? { drop: '**dropped**', refresh: '**refreshed**' }[repair.kind] : 'kept';
  const shown = isStuck(verdict.verdict) ? `**${verdict.verdict}**` : fate;
  const where = `${code(component)} on ${code(ref)}`;
  return [code(nameOf(verdict.path)), shown, `${where}: ${detail(verdict, repair)}`];
}

/** Names of files come from the patch, and so from anybody. */
function detail(verdict: PatchVerdict, repair: PatchRepair | undefined): string {
  const stands = repair?.kind === 'refresh' && repair.because === 'stands-on-repaired';
  return stands ? 'stands on a patch that changes' : code(verdictReason(verdict));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
