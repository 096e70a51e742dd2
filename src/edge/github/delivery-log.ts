import type { Octokit } from '@octokit/rest';

/** One webhook of GitHub's log, all attempts together. */
export interface LoggedDelivery {
  readonly guid: string;
  readonly event: string;
  readonly action?: string;
  /** Of the last attempt: for asking GitHub to send it again. */
  readonly id: number;
  /** True where one attempt was answered with less than 400. */
  readonly arrived: boolean;
  readonly attempts: number;
  /** Of the last attempt, in milliseconds since 1970. */
  readonly attemptedAt: number;
}

/** GitHub's own log of the webhooks that it sent us: three days. */
export interface DeliveryLog {
  /** Newest first, since a moment (milliseconds since 1970). */
  since(moment: number): Promise<readonly LoggedDelivery[]>;
  redeliver(id: number): Promise<void>;
}

export function openDeliveryLog(asApp: Octokit): DeliveryLog {
  return {
    since: async (moment) => {
      const found = new Map<string, LoggedDelivery>();
      const pages = asApp.paginate.iterator('GET /app/hook/deliveries', { per_page: 100 });
      for await (const { data } of pages) {
        for (const delivery of data) {
          const { guid, event, action, id, status_code: status } = delivery;
          const attemptedAt = Date.parse(delivery.delivered_at);
          if (attemptedAt < moment) return [...found.values()];
          const fresh: LoggedDelivery = {
            ...{ guid, event, id, arrived: false, attempts: 0, attemptedAt },
            ...(action !== null && { action }),
          };
          const known = found.get(guid) ?? fresh;
          found.set(guid, {
            ...known,
            arrived: known.arrived || (status > 0 && status < 400),
            attempts: known.attempts + 1,
          });
        }
      }
      return [...found.values()];
    },
    redeliver: async (id) => {
      await asApp.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: id });
    },
  };
}
