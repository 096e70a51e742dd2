import * as v from 'valibot';
import type { Delivery } from '../edge/store/deliveries.ts';

/** What people look for in a list of deliveries; a payload may lack each of it. */
const shape = v.object({
  action: v.fallback(v.optional(v.string()), undefined),
  installation: v.fallback(
    v.optional(v.object({ id: v.pipe(v.number(), v.safeInteger()) })),
    undefined,
  ),
  repository: v.fallback(v.optional(v.object({ full_name: v.string() })), undefined),
});

type Facts = Pick<Delivery, 'action' | 'installation' | 'repository'>;

export function describeDelivery(payload: unknown): Facts {
  const parsed = v.safeParse(shape, payload);
  if (!parsed.success) return {};
  const { action, installation, repository } = parsed.output;
  return {
    ...(action !== undefined && { action }),
    ...(installation && { installation: installation.id }),
    ...(repository && { repository: repository.full_name }),
  };
}
