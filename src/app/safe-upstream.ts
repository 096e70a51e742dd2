import type { Upstream } from '../edge/upstream/upstream.ts';

/**
 * Upstreams without those that a policy names by a file of this machine, or by ssh with keys of this
 * machine: who may write a policy need not be who runs the App.
 */
export function withoutLocalUpstreams(upstream: Upstream): Upstream {
  return {
    ...upstream,
    listRefs: async (queries, components) => {
      const barred = queries.filter(({ component }) => {
        const url = components.get(component)?.upstream;
        return url !== undefined && !/^(?:https?|git):/.test(url);
      });
      const asked = queries.filter((query) => !barred.includes(query));
      const answers = new Map(await upstream.listRefs(asked, components));
      for (const { component } of barred) {
        const why = 'the App asks only https, http and git URLs of a policy';
        const about = { kind: 'component', component } as const;
        answers.set(component, { what: `refs of ${component}`, why, about, absent: true });
      }
      return answers;
    },
  };
}
