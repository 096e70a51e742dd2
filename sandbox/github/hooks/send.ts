import { createHmac } from 'node:crypto';
import type { Delivery, DeliveryResult, Letter } from './delivery.ts';

export interface Attempt {
  readonly letter: Letter;
  readonly url: string;
  /** Milliseconds of real time that the App has to answer. */
  readonly timeout: number;
}

/** What GitHub sends along. Without a secret there is no signature. */
export function headersOf({ app, guid, event, payload }: Letter): Record<string, string> {
  const { webhookSecret, hookId, id } = app;
  function sign(hash: string): string {
    return `${hash}=${createHmac(hash, webhookSecret ?? '')
      .update(payload)
      .digest('hex')}`;
  }
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/5a4d5b0',
    'x-github-delivery': guid,
    'x-github-event': event,
    'x-github-hook-id': String(hookId),
    'x-github-hook-installation-target-id': String(id),
    'x-github-hook-installation-target-type': 'integration',
    ...(webhookSecret !== null && {
      'x-hub-signature': sign('sha1'),
      'x-hub-signature-256': sign('sha256'),
    }),
  };
}

/** Sends and waits for the answer, which has to come in time. */
export async function attempt({ letter, url, timeout }: Attempt): Promise<DeliveryResult> {
  const started = performance.now();
  function seconds(): number {
    return Math.round(performance.now() - started) / 1000;
  }
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: headersOf(letter),
      body: letter.payload,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    return {
      duration: seconds(),
      status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`,
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: (await response.text()).slice(0, 10_000),
    };
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    return isLate
      ? unanswered(504, 'timed out', seconds())
      : unanswered(502, unreachable, seconds());
  }
}

const unreachable = 'failed to connect to host';

function unanswered(statusCode: number, status: string, duration: number): DeliveryResult {
  return { duration, status, statusCode, headers: null, body: null };
}

/** What the log says of a webhook that never arrived. */
export function lostResult(): DeliveryResult {
  return unanswered(502, unreachable, 0);
}

export function succeeded({ result }: Delivery): boolean {
  return result.statusCode < 400;
}
