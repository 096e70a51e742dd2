import type { Catalog } from '../../core/model/catalog.ts';
import { policyPath } from '../../core/model/catalog.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { UpdatePlan } from '../../core/model/update.ts';
import { policyChange, withUpstreamsOf } from '../../core/decide/policy-change.ts';
import { touches } from '../../core/decide/touches.ts';
import { readCatalog } from '../../core/formats/catalog.ts';
import type { CheckedCommit } from '../../core/render/check-reports.ts';
import type { Section } from '../../core/render/markdown.ts';
import { policyChangeSections } from '../../core/render/policy-change.ts';
import { inspect, offlineFindings, planOf } from './inspect.ts';
import type { InspectWorld } from './inspect.ts';
import { wholeRepository } from './scope.ts';

/** A pull request: what it proposes, and the branch it is to be merged into. */
export interface Change {
  readonly base: Snapshot;
  readonly head: Snapshot;
}

type Checked = Omit<CheckedCommit, 'head'>;

/**
 * What there is to say of a pull request, by the policy of its base: a change may not bring the rules it is
 * judged by. What is wrong in its own policy file is said all the same, and what that would do.
 */
export async function inspectChange(world: InspectWorld, { base, head }: Change): Promise<Checked> {
  const proposed = readCatalog(head);
  const isSame = policyText(base) === policyText(head);
  const snapshot = underPolicyOf(base, head);
  const catalog = isSame ? proposed : readCatalog(snapshot);
  const broken = catalog.problems.filter(({ file }) => isSame || file !== policyPath);
  const ofPolicy = isSame ? [] : policyFindings(proposed);
  if (broken.length > 0) {
    const findings = [...broken, ...ofPolicy];
    return { queues: [], findings, failed: [], broken: true };
  }
  const { queues, findings, failed: all, plan } = await inspect(world, { catalog, snapshot });
  const concerns = touches({
    base: { catalog: readCatalog(base), snapshot: base },
    head: { catalog: proposed, snapshot: head },
  });
  const [failed, elsewhere] = split(all, (one) => one.absent !== true && concerns(one));
  const checked = { queues, failed, elsewhere, broken: false };
  if (isSame) return { ...checked, findings };
  const rest = findings.filter(({ file }) => file !== policyPath);
  const preview = plan ? await previewOf(world, { catalog, plan }, proposed) : [];
  return {
    ...checked,
    findings: [...ofPolicy, ...rest],
    extra: { 'pinwheel/config': preview },
  };
}

function split<T>(
  all: readonly T[],
  isFirst: (one: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** What is wrong in the policy file that a pull request brings: its lines, not those of the one in force. */
function policyFindings(proposed: Catalog): readonly Finding[] {
  return [...proposed.problems, ...offlineFindings(proposed, wholeRepository)].filter(
    ({ file }) => file === policyPath,
  );
}

/** Nothing where it cannot be read, or upstream does not answer: other words say so. */
async function previewOf(
  world: InspectWorld,
  inForce: { readonly catalog: Catalog; readonly plan: UpdatePlan },
  proposed: Catalog,
): Promise<readonly Section[]> {
  if (proposed.problems.some(({ file }) => file === policyPath)) return [];
  const { components, unasked } = withUpstreamsOf(inForce.catalog.components, proposed.components);
  const plan = await planOf(world, { ...proposed, components });
  if (!plan) return [];
  const before = { policy: inForce.catalog.policy, plan: inForce.plan };
  const change = policyChange(before, { policy: proposed.policy, plan });
  return policyChangeSections({ ...change, unasked });
}

function policyText({ files }: Snapshot): string | undefined {
  const bytes = files.get(policyPath)?.bytes;
  return bytes && Buffer.from(bytes).toString('utf8');
}

/** The files of a pull request with the policy of its base, which is the one in force. */
export function underPolicyOf(base: Snapshot, head: Snapshot): Snapshot {
  if (policyText(base) === policyText(head)) return head;
  const files = new Map(head.files);
  const policy = base.files.get(policyPath);
  if (policy) files.set(policyPath, policy);
  else files.delete(policyPath);
  return { files };
}
