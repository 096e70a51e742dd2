import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { isOurEvent } from '../core/formats/webhook.ts';
import type { JobKind } from '../core/model/job.ts';
import type { Store } from '../edge/store/store.ts';

/** What became of a request at the door for webhooks. */
export type WebhookResult = 'new' | 'known' | 'unwanted' | 'refused' | 'failed';
export type JobResult = 'done' | 'nothing' | 'refused' | 'later' | 'failed' | 'dead';

/** Numbers for Prometheus. */
export interface Metrics {
  webhook(webhook: {
    readonly event: string;
    readonly result: WebhookResult;
    readonly seconds: number;
  }): void;
  job(job: { readonly kind: JobKind; readonly result: JobResult; readonly seconds: number }): void;
  requestsLeft(installation: number, left: number): void;
  /** All of them, as Prometheus reads them. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

export function createMetrics(store: Pick<Store, 'countJobs'>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const webhooks = new Histogram({
    ...{ registers, name: 'pinwheel_webhook_seconds', labelNames: ['event', 'result'] as const },
    help: 'Webhooks by what became of them, from the end of their headers to the answer',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2, 10],
  });
  const jobs = new Histogram({
    ...{ registers, name: 'pinwheel_job_seconds', labelNames: ['kind', 'outcome'] as const },
    help: 'Runs of jobs by how they ended',
    buckets: [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1800],
  });
  const left = new Gauge({
    ...{ registers, name: 'pinwheel_github_requests_left', labelNames: ['installation'] as const },
    help: 'Requests that GitHub still takes within the hour, as it said last',
  });
  queueGauges(registry, store);
  return {
    webhook: ({ event, result, seconds }) => {
      // Names that anybody may make up would be series without end.
      webhooks.observe({ event: isOurEvent(event) ? event : 'other', result }, seconds);
    },
    job: ({ kind, result, seconds }) => {
      jobs.observe({ kind, outcome: result }, seconds);
    },
    requestsLeft: (installation, requests) => {
      left.set({ installation }, requests);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Asked for when somebody reads them; a store that does not answer shows as `pinwheel_store_up 0`. */
function queueGauges(registry: Registry, store: Pick<Store, 'countJobs'>): void {
  const labelled = { registers: [registry], labelNames: ['kind', 'state'] as const };
  const oldest = new Gauge({
    ...{ ...labelled, name: 'pinwheel_job_oldest_seconds' },
    help: 'Age of the oldest job in a state',
  });
  const up = new Gauge({
    ...{ registers: [registry], name: 'pinwheel_store_up' },
    help: '1 where the store answers',
  });
  const sizes: Gauge<'kind' | 'state'> = new Gauge({
    ...{ ...labelled, name: 'pinwheel_jobs' },
    help: 'Jobs that wait, run, or are dead',
    collect: async () => {
      try {
        const counts = await store.countJobs();
        for (const gauge of [sizes, oldest]) gauge.reset();
        for (const { kind, state, count, oldestMs } of counts) {
          sizes.set({ kind, state }, count);
          oldest.set({ kind, state }, oldestMs / 1000);
        }
        up.set(1);
      } catch {
        up.set(0);
      }
    },
  });
}
