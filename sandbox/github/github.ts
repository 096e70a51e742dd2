import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { serveLoopback } from '../wire.ts';
import type { WireRequest } from '../wire.ts';
import { addAccount } from './acts/accounts.ts';
import { answerGraphql } from './api/graphql.ts';
import { githubLimits, makeLimiter } from './api/limits.ts';
import type { LimitSettings } from './api/limits.ts';
import { allRoutes } from './api/routes.ts';
import { answerApi } from './api/server.ts';
import type { ApiWorld } from './api/world.ts';
import { loadContract } from './contract/contract.ts';
import { makeFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { answerGit, readGitRequest } from './git-access.ts';
import { makeHooks } from './hooks/hooks.ts';
import type { Hooks } from './hooks/hooks.ts';
import { personIn } from './people.ts';
import type { Person } from './person.ts';
import { makeSetup } from './setup.ts';
import type { Setup } from './setup.ts';
import { systemClock } from './state/clock.ts';
import type { SandboxClock } from './state/clock.ts';
import { fullNameOf } from './state/nouns.ts';
import { makeSite } from './state/site.ts';
import type { Site } from './state/site.ts';
import type { Violation } from './violations.ts';
import { addPages } from './web/site-routes.ts';

export interface GitHubOptions {
  /** Default: that of the machine. */
  readonly clock?: SandboxClock;
  /** Ids, tokens and faults follow from it. Default: 1. */
  readonly seed?: number;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: those of GitHub. */
  readonly limits?: 'none' | Partial<LimitSettings>;
  /** Milliseconds of real time for the App's answer to a webhook. Default: GitHub's ten seconds. */
  readonly webhookTimeout?: number;
}

/** A small GitHub on loopback. */
export interface GitHub extends Setup {
  readonly url: string;
  /** For octokit's `baseUrl`. */
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly clock: SandboxClock;
  readonly faults: Faults;
  /** Must be empty at the end of a test. */
  readonly violations: readonly Violation[];
  /** All that came over the wire, git included. */
  readonly requests: readonly WireRequest[];
  /** For what no method shows. */
  readonly site: Site;
  /** A person in a repository; without a name, in the only one there is. */
  as(login: string, fullName?: string): Person;
  /** When all writes are done and no webhook is under way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export async function startGitHub(options: GitHubOptions = {}): Promise<GitHub> {
  const dir = await mkdtemp(join(tmpdir(), 'pinwheel-github-'));
  await mkdir(join(dir, 'repositories'));
  const holder: { listener?: Parameters<typeof serveLoopback>[0] } = {};
  const server = await serveLoopback(
    (request, response) => holder.listener?.(request, response),
    options.port,
  );
  const { url } = server;
  const clock = options.clock ?? systemClock();
  const seed = options.seed ?? 1;
  const urls = { web: url, api: `${url}/api/v3`, graphql: `${url}/api/graphql` };
  const violations: Violation[] = [];
  function report(what: string, error: unknown): void {
    violations.push({ side: 'answer', what, problems: [String(error)], body: undefined });
  }
  const site = makeSite({ clock, seed, dir: join(dir, 'repositories'), urls, report });
  // Commits what is done through GitHub itself.
  addAccount(site, { login: 'web-flow', type: 'User', name: 'GitHub Web Flow' });
  const shared = { site, contract: loadContract(), faults: makeFaults(seed), violations };
  const hooks = makeHooks({ ...shared, timeout: options.webhookTimeout ?? 10_000 });
  const limits = options.limits ?? {};
  const settings = limits === 'none' ? limits : { ...githubLimits, ...limits };
  const limiter = makeLimiter(clock, settings);
  const world: ApiWorld = { ...shared, limiter, routes: allRoutes(hooks, limiter) };
  holder.listener = listenerOf(world, hooks);
  return {
    ...{ url, apiUrl: urls.api, webUrl: url, clock, site, requests: server.requests },
    ...{ faults: shared.faults, violations: shared.violations },
    ...makeSetup(site, hooks),
    as: (login, fullName) => personIn(site, login, fullName ?? onlyRepository(site)),
    async settled() {
      await site.turn(() => Promise.resolve());
      await hooks.settled();
    },
    async stop() {
      hooks.stop();
      await server.close();
      // A git that was begun may still write there.
      await rm(dir, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function onlyRepository({ repositories }: Site): string {
  const [first, second] = repositories.values();
  if (!first || second) throw new Error('say in which repository');
  return fullNameOf(first);
}

function listenerOf(world: ApiWorld, hooks: Hooks): Parameters<typeof serveLoopback>[0] {
  const listener = getRequestListener(pagesAndApi(world, hooks).fetch);
  return (request, response) => {
    const asked = readGitRequest(request.url ?? '');
    if (asked) {
      answerGit(world, asked, { request, response }).catch(() => response.destroy());
      return;
    }
    request.url = byName(world.site, request.url ?? '');
    void listener(request, response);
  };
}

/** A repository's address by number, by which a renamed one is found, as that by its name. */
function byName({ repositories }: Site, url: string): string {
  const [whole = '', id = ''] = /^\/api\/v3\/repositories\/(\d+)/.exec(url) ?? [];
  const repository = repositories.get(Number(id));
  return repository ? `/api/v3/repos/${fullNameOf(repository)}${url.slice(whole.length)}` : url;
}

function pagesAndApi(world: ApiWorld, hooks: Hooks): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post('/api/graphql', (context) => answerGraphql(world, context));
  app.all('/api/v3/*', (context) => {
    const { pathname } = new URL(context.req.url);
    return answerApi(world, context, pathname.slice('/api/v3'.length));
  });
  addPages(app, world.site, hooks);
  return app;
}
