import type {
  Annotation,
  CheckAction,
  CheckConclusion,
  CheckName,
  CheckReport,
} from '../model/check-report.ts';
import { checkNames } from '../model/check-report.ts';
import type { Failure } from '../model/failures.ts';
import type { Finding } from '../model/finding.ts';
import type { JudgedQueue } from '../model/patch-verdict.ts';
import { kitSections } from './check-kits.ts';
import { verdictSections } from './check-verdicts.ts';
import { code, count, details, fit, table } from './markdown.ts';
import type { Section } from './markdown.ts';

/** What was found out about a commit of an images repository. */
export interface CheckedCommit {
  readonly head: string;
  readonly queues: readonly JudgedQueue[];
  readonly findings: readonly Finding[];
  /** What could not be asked, and what the commit proposes hangs on. */
  readonly failed: readonly Failure[];
  /** What else could not be asked. */
  readonly elsewhere?: readonly Failure[];
  /** True where the bot may add commits to the branch, for who asks it to. */
  readonly mayPush?: boolean;
  /** True where a file cannot be used: nothing else was looked at. */
  readonly broken: boolean;
  /** Sections that one of the checks has besides its findings. */
  readonly extra?: Partial<Record<CheckName, readonly Section[]>>;
}

/** GitHub takes 65,535 in a summary. */
const mostCharacters = 60_000;

/** The three checks of a commit. */
export function checkReports(checked: CheckedCommit): readonly CheckReport[] {
  return [
    report('pinwheel/config', checked),
    report('pinwheel/constraints', checked),
    report('pinwheel/patches', checked),
  ];
}

/** Which check tells of a finding. */
function checkOf({ code: name }: Pick<Finding, 'code'>): CheckName {
  if (name.startsWith('patch-')) return 'pinwheel/patches';
  return /^(?:constraint|override)/.test(name) ? 'pinwheel/constraints' : 'pinwheel/config';
}

function report(name: CheckName, checked: CheckedCommit): CheckReport {
  const { head, broken, failed, elsewhere = [] } = checked;
  if (broken && name !== 'pinwheel/config') return unseen(name, head);
  const findings = checked.findings.filter((finding) => checkOf(finding) === name);
  const ours = failed.filter((failure) => checksOf(failure).includes(name));
  const beside = elsewhere.filter((failure) => checksOf(failure).includes(name));
  const said = { findings, failed: ours, elsewhere: beside };
  const isPatches = name === 'pinwheel/patches';
  const sections: readonly Section[] = [
    { text: headline(name, { ...said, queues: checked.queues }) },
    ...(isPatches ? verdictSections(checked.queues) : []),
    ...(checked.extra?.[name] ?? []),
    { text: failureTable([...ours, ...beside]), optional: true, instead: unasked(ours.length) },
    ...findingSections(findings),
    // The last, and so the first to go: the command line has them too.
    ...(isPatches ? kitSections(checked.queues) : []),
  ];
  return {
    name,
    head,
    conclusion: conclusionOf(said),
    title: titleOf(said),
    summary: fit(sections, mostCharacters),
    annotations: findings.map(annotation),
    ...(checked.mayPush === true && offers(findings)),
  };
}

/** Buttons for what the bot can mend in the pull request. */
function offers(findings: readonly Finding[]): Pick<CheckReport, 'actions'> {
  const isStale = findings.some(({ code: name }) => ['lock-stale', 'lock-missing'].includes(name));
  return isStale ? { actions: [updateLock] } : {};
}

const updateLock: CheckAction = {
  label: 'Update the lock',
  description: 'Adds a commit that locks what is pinned',
  identifier: 'update-lock',
};

function unseen(name: CheckName, head: string): CheckReport {
  const summary = 'A file of the repository cannot be read; `pinwheel/config` says which.\n';
  return {
    ...{ name, head, summary, annotations: [] },
    conclusion: 'cancelled',
    title: 'not looked at',
  };
}

/** Which checks cannot be sure for want of an answer. */
function checksOf({ about }: Failure): readonly CheckName[] {
  switch (about?.kind) {
    case 'patches':
      return ['pinwheel/patches'];
    case 'constraints':
      return ['pinwheel/constraints'];
    case 'component':
      return ['pinwheel/config'];
    case undefined:
      return checkNames;
  }
}

type Said = Pick<CheckedCommit, 'findings' | 'failed' | 'elsewhere'>;

function conclusionOf({ findings, failed, elsewhere = [] }: Said): CheckConclusion {
  if (findings.some(({ level }) => level === 'failure')) return 'failure';
  // Where the check is required, what was not looked at must not be merged: `neutral` would let it.
  if (failed.length > 0) return 'cancelled';
  const warns = findings.some(({ level }) => level === 'warning');
  return warns || elsewhere.length > 0 ? 'neutral' : 'success';
}

function titleOf({ findings, failed, elsewhere = [] }: Said): string {
  const failures = findings.filter(({ level }) => level === 'failure').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const unanswered = failed.length + elsewhere.length;
  const words = [
    ...(failures > 0 ? [`${failures} must be mended`] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
    ...(unanswered > 0 ? [`${unanswered} could not be asked`] : []),
  ];
  return words.length === 0 ? 'fine' : words.join(', ');
}

function headline(name: CheckName, said: Said & Pick<CheckedCommit, 'queues'>): string {
  const conclusion = conclusionOf(said);
  const carried = said.queues.reduce((sum, { verdicts }) => sum + verdicts.length, 0);
  const fine = {
    'pinwheel/config': 'Every file can be read, and every pin belongs to its series.',
    'pinwheel/constraints': 'Constraints and overrides say what they should.',
    'pinwheel/patches': carried === 0 ? 'No patches are carried.' : allApply(carried),
  };
  if (conclusion === 'success') return `**${fine[name]}**`;
  const again = conclusion === 'cancelled' ? ' Pinwheel asks again by itself.' : '';
  return `**${titleOf(said)}.**${again}`;
}

function allApply(carried: number): string {
  return carried === 1 ? 'Its one patch applies.' : `All ${carried} patches apply.`;
}

function failureTable(failed: readonly Failure[]): string {
  return table(
    ['could not be asked', 'why'],
    failed.map(({ what, why }) => [code(what), code(why)]),
  );
}

function unasked(n: number): string {
  return `${count(n, 'question')} without an answer: pinwheel check lists them.`;
}

/** What asks for something is shown; notes are folded. */
function findingSections(findings: readonly Finding[]): readonly Section[] {
  const loud = findings.filter(({ level }) => level !== 'notice');
  const quiet = findings.filter(({ level }) => level === 'notice');
  const notes = quiet.length === 0 ? '' : details(count(quiet.length, 'note'), findingTable(quiet));

  return [
    { text: findingTable(loud), optional: true, instead: left(loud.length) },
    { text: notes, optional: true, instead: left(quiet.length) },
  ];
}

function left(n: number): string {
  return `${count(n, 'finding')} more: pinwheel check lists them.`;
}

function findingTable(findings: readonly Finding[]): string {
  return table(
    ['where', 'what', 'what to do'],
    findings.map(({ file, line, message, remedy }) => [
      code(`${file}:${line}`),
      code(message),
      code(remedy),
    ]),
  );
}

function annotation({
  file,
  line,
  endLine,
  level,
  code: title,
  message,
  remedy,
}: Finding): Annotation {
  return {
    path: file,
    startLine: line,
    endLine: endLine ?? line,
    level,
    title,
    message: `${message}: ${remedy}`,
  };
}
