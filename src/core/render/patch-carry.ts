import type { CarriedPatch, CarryAnswer } from '../model/patch-carry.ts';
import type { PatchVerdict } from '../model/patch-verdict.ts';
import { shownName, verdictDetail } from './patch-words.ts';
import type { Table } from './table.ts';

/** The `carry` of `check --carry-forward --json`; keys are a contract (docs/commands.md). */
export function carryJson(carry: readonly CarriedPatch[]): readonly object[] {
  return carry.map(({ component, path, series, on }) => ({
    component,
    patch: path,
    series,
    on: on.map(answerJson),
  }));
}

function answerJson(answer: CarryAnswer): object {
  const { series, ref } = answer;
  if (answer.kind === 'carried') {
    return { series, ref, verdict: 'carried', carriedAs: answer.as };
  }
  const { commit, verdict } = answer;
  return {
    ...{ series, ref, commit, verdict: verdict.verdict },
    ...(verdict.verdict === 'already-upstream' && evidenceJson(verdict)),
    detail: verdictDetail(verdict),
  };
}

type Upstream = Extract<PatchVerdict, { readonly verdict: 'already-upstream' }>;

function evidenceJson({ by, upstreamCommit, firstTag }: Upstream): object {
  return {
    by,
    ...(upstreamCommit !== undefined && { upstreamCommit }),
    ...(firstTag !== undefined && { firstTag }),
  };
}

/** A row a patch and a column a series, for people; none where nothing is carried. */
export function carryTables(carry: readonly CarriedPatch[]): readonly Table[] {
  if (carry.length === 0) return [];
  const named = carry.flatMap(({ series, on }) => [series, ...on.map((answer) => answer.series)]);
  const series = [...new Set(named)].sort();
  const rows = carry.map((patch) => [
    patch.component,
    nameOf(patch.path),
    ...series.map((id) => cell(patch, id)),
  ]);
  return [{ title: 'Carry forward', head: ['component', 'patch', ...series], rows }];
}

function cell(patch: CarriedPatch, series: string): string {
  if (patch.series === series) return 'here';
  const answer = patch.on.find((one) => one.series === series);
  if (!answer) return '-';
  if (answer.kind === 'tried') return verdictWords(answer.verdict);
  const name = nameOf(answer.as);
  return name === nameOf(patch.path) ? 'carried' : `carried as ${name}`;
}

/** In short; the JSON has the details. */
function verdictWords(verdict: PatchVerdict): string {
  switch (verdict.verdict) {
    case 'applies':
      return 'needed';
    case 'applies-with-offset':
      return 'needed, with offset';
    case 'already-upstream':
      return upstreamWords(verdict);
    case 'refreshable':
      return 'needs a refresh';
    case 'conflict':
      return 'conflicts';
    case 'not-reached':
      return 'not reached';
    case 'malformed':
    case 'refused':
      return verdict.verdict;
  }
}

function upstreamWords({ upstreamCommit, firstTag }: Upstream): string {
  if (firstTag !== undefined) return `upstream since ${firstTag}`;
  return upstreamCommit === undefined ? 'upstream' : 'upstream, in no tag yet';
}

function nameOf(path: string): string {
  return shownName(path.slice(path.lastIndexOf('/') + 1));
}
