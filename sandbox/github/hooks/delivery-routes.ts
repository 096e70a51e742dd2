import type { Call, Answer, SiteRoutes } from '../api/call.ts';
import { numberOf, ok } from '../api/call.ts';
import { pageUrlHeader } from '../api/pages.ts';
import type { App } from '../state/nouns.ts';
import { notAccessible, notFound, Refusal } from '../state/refusal.ts';
import { showDelivery, showFullDelivery } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { Hooks } from './hooks.ts';
import { succeeded } from './send.ts';

/** The App's delivery log over the API. */
export function deliveryRoutes(hooks: Hooks): SiteRoutes {
  return {
    'GET /app/hook/deliveries': { needs: 'app', answer: (call) => list(hooks, call) },
    'GET /app/hook/deliveries/{delivery_id}': {
      needs: 'app',
      answer: (call) => ok(showFullDelivery(deliveryOf(hooks, call))),
    },
    'POST /app/hook/deliveries/{delivery_id}/attempts': {
      needs: 'app',
      answer: (call) => {
        hooks.redeliver(deliveryOf(hooks, call));
        return { status: 202, body: {} };
      },
    },
  };
}

function appOf({ caller }: Call): App {
  if (caller.kind !== 'app') throw notAccessible();
  return caller.app;
}

function deliveryOf(hooks: Hooks, call: Call): Delivery {
  const id = numberOf(call, 'delivery_id');
  const found = hooks.deliveries(appOf(call)).find((one) => one.id === id);
  if (!found) throw notFound();
  return found;
}

/** Pages by cursor: new deliveries at the front do not move what was already read. */
function list(hooks: Hooks, call: Call): Answer {
  const { query } = call;
  const size = Number(query['per_page'] ?? 30);
  const all = hooks
    .deliveries(appOf(call))
    .filter((one) => query['status'] === undefined || fits(one, query['status']));
  const after = readCursor(query['cursor']);
  const rest = all.filter(({ id }) => after === undefined || id < after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const hasMore = last !== undefined && rest.length > items.length;
  return {
    ...ok(items.map(showDelivery)),
    headers: hasMore ? { [pageUrlHeader]: `next-cursor=v1_${last.id}` } : {},
  };
}

function fits(delivery: Delivery, status: string): boolean {
  return succeeded(delivery) === (status === 'success');
}

function readCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [, id] = /^v1_(\d+)$/.exec(cursor) ?? [];
  if (id === undefined) throw new Refusal(422, 'Invalid cursor');
  return Number(id);
}
