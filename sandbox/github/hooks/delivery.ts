import type { App } from '../state/nouns.ts';
import { isoDate } from '../state/clock.ts';

/** A webhook before it is sent. */
export interface Letter {
  readonly app: App;
  /** The same for all attempts. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  /** JSON, as it is signed and sent. */
  readonly payload: string;
}

/** One attempt, as the App's log keeps it for three days. */
export interface Delivery {
  readonly id: number;
  readonly letter: Letter;
  readonly redelivery: boolean;
  readonly at: number;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly result: DeliveryResult;
}

export interface DeliveryResult {
  /** Seconds. */
  readonly duration: number;
  readonly status: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: string | null;
}

/** As lists have it. */
export function showDelivery({ id, letter, redelivery, at, result }: Delivery) {
  return {
    id,
    guid: letter.guid,
    delivered_at: isoDate(at),
    redelivery,
    duration: result.duration,
    status: result.status,
    status_code: result.statusCode,
    event: letter.event,
    action: letter.action ?? null,
    installation_id: letter.installationId,
    repository_id: letter.repositoryId,
    throttled_at: null,
  };
}

/** With what was sent and what came back. */
export function showFullDelivery(delivery: Delivery) {
  return {
    ...showDelivery(delivery),
    url: delivery.url,
    request: {
      headers: delivery.requestHeaders,
      payload: JSON.parse(delivery.letter.payload) as unknown,
    },
    response: { headers: delivery.result.headers, payload: delivery.result.body },
  };
}
