import type { Outcome } from '../core/model/job.ts';
import { WorldError } from '../core/model/failures.ts';
import { isMissed } from '../core/formats/missed-webhook.ts';
import { count } from '../core/render/markdown.ts';
import type { GitHubApp } from '../edge/github/app.ts';
import type { LoggedDelivery } from '../edge/github/delivery-log.ts';
import type { Store } from '../edge/store/store.ts';

export interface RecoverWorld {
  readonly github: { readonly deliveries: GitHubApp['deliveries'] };
  readonly store: Pick<Store, 'knownDeliveries'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** GitHub sends again what is at most three days old. */
const windowMs = 3 * 86_400_000;
const firstPauseMs = 5 * 60_000;
/** One run shares the App's hourly requests with all else; what is left over comes in the next. */
const mostAtATime = 200;

/** Has GitHub send again what never arrived here: it enters by the same door as the first time. */
export async function recoverDeliveries(world: RecoverWorld): Promise<Outcome> {
  const now = world.now();
  const logged = await world.github.deliveries.since(now - windowMs);
  const late = logged.filter(
    (one) => isMissed(one.event, one.action) && !one.arrived && isTime(one, now),
  );
  const known = await world.store.knownDeliveries(late.map(({ guid }) => guid));
  // The log has the newest first; what waits longest is asked for first.
  const missing = late.filter(({ guid }) => !known.has(guid)).toReversed();
  if (missing.length === 0) return { kind: 'nothing', why: 'no webhook is missing' };
  return askAgain(world, missing.slice(0, mostAtATime));
}

/** What fails again and again is asked for less and less often, until it leaves the log. */
function isTime({ attempts, attemptedAt }: LoggedDelivery, now: number): boolean {
  return now - attemptedAt >= firstPauseMs * 2 ** (attempts - 1);
}

/** One that GitHub refuses to send does not keep the others from it. */
async function askAgain(
  { github }: RecoverWorld,
  missing: readonly LoggedDelivery[],
): Promise<Outcome> {
  const refusals: WorldError[] = [];
  for (const { id } of missing) {
    try {
      await github.deliveries.redeliver(id);
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      refusals.push(error);
    }
  }
  const [first] = refusals;
  if (first && refusals.length === missing.length) throw first;
  const asked = `${count(missing.length - refusals.length, 'missed webhook')} asked for again`;
  const refused = first ? `, ${refusals.length} refused: ${first.message}` : '';
  return { kind: 'done', what: `${asked}${refused}` };
}
