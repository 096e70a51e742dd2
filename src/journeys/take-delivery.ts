import type { JobRequest, Outcome } from '../core/model/job.ts';
import { jobsFor } from '../core/decide/event-jobs.ts';
import { readWebhook } from '../core/formats/webhook.ts';
import { jobWords } from '../core/render/job-words.ts';
import type { Store } from '../edge/store/store.ts';

export interface TakeDeliveryWorld {
  readonly store: Pick<Store, 'readDelivery' | 'enqueue'>;
}

type DeliveryRequest = Extract<JobRequest, { readonly kind: 'delivery' }>;

/** Turns a stored webhook into the jobs that it asks for. */
export async function takeDelivery(
  { store }: TakeDeliveryWorld,
  { delivery: guid }: DeliveryRequest,
): Promise<Outcome> {
  const delivery = await store.readDelivery(guid);
  if (!delivery) return { kind: 'nothing', why: `the store has no delivery ${guid}` };
  const payload = parsed(delivery.body);
  const event = readWebhook(delivery.event, payload);
  if (event.kind === 'unwanted') return { kind: 'nothing', why: event.why };
  const jobs = jobsFor(event);
  await Promise.all(jobs.map((job) => store.enqueue(job, { priority: priorityOf(job) })));
  return { kind: 'done', what: jobs.map(jobWords).join(', ') };
}

/** People who ask for something wait for the answer, those with a pull request for its checks, nobody for a sweep. */
function priorityOf({ kind }: JobRequest): number {
  if (kind === 'command' || kind === 'press') return 2;
  return ['check', 'build', 'report-build', 'report-run'].includes(kind) ? 1 : 0;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
