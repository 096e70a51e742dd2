import type { Contract } from '../contract/contract.ts';
import { amountOf } from '../faults.ts';
import type { FaultPlan, HookFault } from '../faults.ts';
import { showAccount } from '../show/accounts.ts';
import { isoDate } from '../state/clock.ts';
import type { App } from '../state/nouns.ts';
import type { Site } from '../state/site.ts';
import type { Violation } from '../violations.ts';
import type { Delivery, Letter } from './delivery.ts';
import { lettersFor, webhookName } from './letters.ts';
import { attempt, headersOf, lostResult } from './send.ts';

const keptFor = 3 * 86_400_000;

export interface Hooks {
  /** The log of an App, newest first; what is older than three days is gone. */
  deliveries(app: App): readonly Delivery[];
  /** Sends once more, with the same GUID. */
  redeliver(delivery: Delivery): void;
  /** GitHub's greeting to a webhook address. */
  ping(app: App): void;
  /** When no webhook is under way; one that waits for the clock is not waited for. */
  settled(): Promise<void>;
  /** Sends nothing any more, not even what waits. */
  stop(): void;
}

export interface HookWorld {
  readonly site: Site;
  readonly contract: Contract;
  readonly faults: FaultPlan;
  readonly violations: Violation[];
  readonly timeout: number;
}

interface Post {
  readonly world: HookWorld;
  readonly log: Delivery[];
  /** Webhooks of an App go out one after the other. */
  readonly queues: Map<App, Promise<void>>;
  /** Those that a fault lets come after the next one. */
  readonly held: Map<App, (() => void)[]>;
  stopped: boolean;
}

/** Sends what happens on the site to the Apps that are to know. */
export function makeHooks(world: HookWorld): Hooks {
  const post: Post = { world, log: [], queues: new Map(), held: new Map(), stopped: false };
  const { site, faults } = world;
  site.listeners.add((happening) => {
    for (const letter of lettersFor(site, happening)) {
      judge(world, letter);
      dispatch(post, letter, faults.hookFault(letter.event, letter.action));
    }
  });
  return {
    deliveries: (app) => currentLog(post).filter(({ letter }) => letter.app === app),
    redeliver({ letter }) {
      enqueue(post, letter, { redelivery: true });
    },
    ping(app) {
      const letter = pingLetter(site, app);
      judge(world, letter);
      enqueue(post, letter, { redelivery: false });
    },
    settled: () => settled(post),
    stop() {
      post.stopped = true;
    },
  };
}

function judge({ contract, violations }: HookWorld, letter: Letter): void {
  const body = JSON.parse(letter.payload) as unknown;
  const what = webhookName(letter);
  const problems = contract.webhook(what, body);
  if (problems.length > 0) violations.push({ side: 'webhook', what, problems, body });
}

function dispatch(post: Post, letter: Letter, fault: HookFault | undefined): void {
  const { app } = letter;
  const plain = { redelivery: false };
  function later(): void {
    enqueue(post, letter, plain);
  }
  if (fault === 'vanished') return;
  if (fault === 'reordered') {
    post.held.set(app, [...(post.held.get(app) ?? []), later]);
    return;
  }
  if (fault?.startsWith('delayed') === true) {
    post.world.site.clock.after(amountOf(fault) * 1000, later);
    return;
  }
  enqueue(post, letter, { ...plain, isLost: fault === 'lost' });
  if (fault === 'doubled') enqueue(post, letter, { ...plain, isSecond: true });
  release(post, app);
}

function release(post: Post, app: App): void {
  const waiting = post.held.get(app) ?? [];
  post.held.delete(app);
  for (const act of waiting) act();
}

interface Manner {
  readonly redelivery: boolean;
  readonly isLost?: boolean;
  /** The log has one entry for what came twice. */
  readonly isSecond?: boolean;
}

function enqueue(post: Post, letter: Letter, manner: Manner): void {
  const { app } = letter;
  const before = post.queues.get(app) ?? Promise.resolve();
  post.queues.set(
    app,
    before.then(() => deliver(post, letter, manner)),
  );
}

async function deliver(post: Post, letter: Letter, manner: Manner): Promise<void> {
  const { site, timeout } = post.world;
  const url = letter.app.webhookUrl;
  if (url === null || post.stopped) return;
  const at = site.clock.now();
  const result = manner.isLost === true ? lostResult() : await attempt({ letter, url, timeout });
  if (manner.isSecond === true) return;
  const { redelivery } = manner;
  const requestHeaders = headersOf(letter);
  post.log.push({ id: site.nextId(), letter, redelivery, at, url, requestHeaders, result });
}

function currentLog({ world, log }: Post): readonly Delivery[] {
  const oldest = world.site.clock.now() - keptFor;
  const gone = log.findIndex(({ at }) => at > oldest);
  log.splice(0, gone < 0 ? log.length : gone);
  return log.toReversed();
}

async function settled(post: Post): Promise<void> {
  for (const app of post.held.keys()) release(post, app);
  const before = [...post.queues.values()];
  await Promise.all(before);
  const now = [...post.queues.values()];
  const isQuiet = post.held.size === 0 && now.every((queue) => before.includes(queue));
  if (!isQuiet) await settled(post);
}

function pingLetter(site: Site, app: App): Letter {
  const date = isoDate(site.clock.now());
  const payload = {
    zen: 'Keep it logically awesome.',
    hook_id: app.hookId,
    hook: {
      ...{ type: 'App', id: app.hookId, name: 'web', active: true, events: app.events },
      config: { content_type: 'json', insecure_ssl: '0', url: app.webhookUrl ?? '' },
      ...{ updated_at: date, created_at: date, app_id: app.id },
      deliveries_url: `${site.urls.api}/app/hook/deliveries`,
    },
    sender: showAccount(site, app.owner),
  };
  return {
    app,
    guid: site.chance.guid(),
    event: 'ping',
    action: undefined,
    installationId: null,
    repositoryId: null,
    payload: JSON.stringify(payload),
  };
}
