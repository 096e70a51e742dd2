import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NewCommit } from './fast-import.ts';
import { planComponent } from './openstack-component.ts';
import type { ComponentPlan, LinePlan } from './openstack-component.ts';
import { describeRequirements } from './openstack-requirements.ts';
import type { OpenStackStory } from './openstack-story.ts';
import { deliverablePath, deliverableText, seriesStatusText } from './openstack-texts.ts';
import { extendUpstream, makeUpstream } from './upstreams.ts';
import type { Upstream } from './upstreams.ts';

/** The repositories of a story, by name. */
export type OpenStack = ReadonlyMap<string, Upstream>;

/**
 * Makes `<dir>/<component>` for each component of a story, `<dir>/releases` and `<dir>/requirements`.
 * Called again with the same story told further, it moves them on: what was merged and tagged keeps
 * its id, and `releases` gets one more commit. Versions are labels of the components' commits.
 */
export async function makeOpenStack(dir: string, story: OpenStackStory): Promise<OpenStack> {
  const plans = story.components.map((component) => planComponent(story, component));
  const upstreams = new Map<string, Upstream>();
  const files: Record<string, string> = {
    'data/series_status.yaml': seriesStatusText(story.series),
  };
  for (const plan of plans) {
    const upstream = await makeUpstream(join(dir, plan.component.name), plan.description);
    upstreams.set(plan.component.name, upstream);
    for (const { path, text } of deliverableFiles(plan, upstream)) files[path] = text;
  }
  const requirements = await makeUpstream(join(dir, 'requirements'), describeRequirements(story));
  const date = newestDate(plans);
  const commit: NewCommit = { message: 'Release what is new\n', date, files, fresh: true };
  const releases = await bringReleases(join(dir, 'releases'), commit);
  return upstreams.set('requirements', requirements).set('releases', releases);
}

/** One more commit on top of what is there. */
function bringReleases(dir: string, commit: NewCommit): Promise<Upstream> {
  const description = { branches: [{ name: 'master', commits: [commit] }] };
  return existsSync(dir) ? extendUpstream(dir, description) : makeUpstream(dir, description);
}

function deliverableFiles(
  { component, lines }: ComponentPlan,
  { commits }: Upstream,
): readonly { readonly path: string; readonly text: string }[] {
  function commitsOf({ listed }: LinePlan) {
    return listed.map(({ version, label }) => ({ version, commit: commits.get(label) ?? '' }));
  }
  return lines
    .filter(({ line }) => line.deliverable)
    .map((plan) => ({
      path: deliverablePath(component, plan.line.series),
      text: deliverableText({ component, ...plan, releases: commitsOf(plan) }),
    }));
}

function newestDate(plans: readonly ComponentPlan[]): string {
  const lines = plans.flatMap((plan) => plan.lines.map(({ line }) => line));
  const dates = lines.flatMap(({ versions }) => versions.map(({ date }) => Date.parse(date)));
  return new Date(Math.max(Date.parse('2025-01-01'), ...dates)).toISOString();
}
