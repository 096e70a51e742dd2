import { createHmac, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { UserError, WorldError } from '../core/model/failures.ts';
import type { AppConfig } from './config.ts';
import { webhookPath } from './webhook-door.ts';

/** A webhook as a file has it. */
export interface SavedWebhook {
  readonly event: string;
  /** JSON. */
  readonly payload: string;
}

const payload = v.looseObject({});
/** A line of GitHub's delivery log with what was sent: `GET /app/hook/deliveries/{id}`. */
const logged = v.object({ event: v.string(), request: v.object({ payload }) });
const wrapped = v.object({ event: v.string(), payload });

/** Reads a payload alone, or one together with its event as GitHub's log has it. */
export function readSavedWebhook(text: string, event: string | undefined): SavedWebhook {
  const json = parsed(text);
  const log = v.safeParse(logged, json);
  if (log.success) return saved(event ?? log.output.event, log.output.request.payload);
  const pair = v.safeParse(wrapped, json);
  if (pair.success) return saved(event ?? pair.output.event, pair.output.payload);
  if (event !== undefined) return saved(event, json);
  throw new UserError('the file does not say which event it is of', 'name it with --event');
}

function saved(event: string, json: unknown): SavedWebhook {
  return { event, payload: JSON.stringify(json) };
}

function parsed(text: string): unknown {
  try {
    const json = JSON.parse(text) as unknown;
    if (v.is(payload, json) && !Array.isArray(json)) return json;
  } catch {
    // Told below.
  }
  throw new UserError('the file holds no JSON object', 'give the payload of a webhook');
}

export interface Replay {
  readonly config: Pick<AppConfig, 'appId' | 'webhookSecret'>;
  /** Where the App listens. */
  readonly to: string;
  readonly webhook: SavedWebhook;
}

export interface Replayed {
  /** A new one: what has the id of a delivery that is known is known too. */
  readonly delivery: string;
  readonly status: number;
  readonly said: string;
}

/** Sends a webhook as GitHub would, signature included. */
export async function replay({ config, to, webhook }: Replay): Promise<Replayed> {
  const delivery = `replay-${randomUUID()}`;
  const { event, payload: body } = webhook;
  const signature = createHmac('sha256', config.webhookSecret).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': delivery,
    'x-github-hook-installation-target-type': 'integration',
    'x-github-hook-installation-target-id': String(config.appId),
    'x-hub-signature-256': `sha256=${signature}`,
  };
  try {
    const signal = AbortSignal.timeout(15_000);
    const answer = await fetch(`${to}${webhookPath}`, { method: 'POST', headers, body, signal });
    return { delivery, status: answer.status, said: (await answer.text()).trim() };
  } catch {
    throw new WorldError(
      `no Pinwheel answers at ${to}`,
      'start pinwheel serve, or name its address with --to',
    );
  }
}
