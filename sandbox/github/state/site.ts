import { join } from 'node:path';
import type { RepositoryActions } from '../actions/nouns.ts';
import { seededChance } from './chance.ts';
import type { Chance } from './chance.ts';
import type { SandboxClock } from './clock.ts';
import { fullNameOf } from './nouns.ts';
import type { Account, App, Installation, Repository, Token } from './nouns.ts';
import { notFound } from './refusal.ts';

/** Something that webhooks tell of. */
export interface Happening {
  readonly event: string;
  readonly action: string | undefined;
  readonly actor: Account;
  /** What this event has besides repository, sender and installation. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly repository?: Repository;
  /** Told to this App alone: re-requested checks, installations. */
  readonly only?: App;
  readonly installation?: Installation;
}

interface Download {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly expiresAt: number;
}

interface Urls {
  /** Without a slash at its end. */
  readonly web: string;
  readonly api: string;
  readonly graphql: string;
}

/** All of the small GitHub's state. */
export interface Site {
  readonly clock: SandboxClock;
  readonly chance: Chance;
  /** Holds the bare repositories. */
  readonly dir: string;
  readonly urls: Urls;
  /** By login in lower case. */
  readonly accounts: Map<string, Account>;
  readonly repositories: Map<number, Repository>;
  readonly apps: Map<number, App>;
  readonly installations: Map<number, Installation>;
  readonly tokens: Map<string, Token>;
  /** Apps made from a manifest whose key nobody has fetched yet, by code. */
  readonly manifestCodes: Map<string, { readonly app: App; readonly expiresAt: number }>;
  /** By the id of their repository. */
  readonly actions: Map<number, RepositoryActions>;
  /** What an address without a token gives for a while, by the last part of that address. */
  readonly downloads: Map<string, Download>;
  readonly listeners: Set<(happening: Happening) => void>;
  /** What changes state is done one after the other. */
  readonly turn: <T>(act: () => Promise<T>) => Promise<T>;
  /** Takes down what went wrong where nobody waits for it. */
  readonly report: (what: string, error: unknown) => void;
  /** A number that nothing else has. */
  nextId(): number;
}

/** A repository of a site: most of GitHub's JSON is addresses in it. */
export interface Place {
  readonly site: Site;
  readonly repository: Repository;
}

/** Who does something, and where. */
export interface Scene extends Place {
  readonly actor: Account;
  /** The App on whose behalf its bot acts. */
  readonly app?: App;
}

export interface SiteSettings {
  readonly clock: SandboxClock;
  readonly seed: number;
  readonly dir: string;
  readonly urls: Urls;
  readonly report: Site['report'];
}

export function makeSite({ clock, seed, dir, urls, report }: SiteSettings): Site {
  let id = 1_000_000 + seed * 1000;
  return {
    clock,
    chance: seededChance(seed),
    dir,
    urls,
    accounts: new Map(),
    repositories: new Map(),
    apps: new Map(),
    installations: new Map(),
    tokens: new Map(),
    manifestCodes: new Map(),
    actions: new Map(),
    downloads: new Map(),
    listeners: new Set(),
    turn: oneAfterTheOther(),
    report,
    nextId: () => (id += 1),
  };
}

function oneAfterTheOther(): Site['turn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const result = last.then(act);
    last = result.catch(() => undefined);
    return result;
  };
}

/** Tells whoever listens. */
export function announce(site: Site, happening: Happening): void {
  for (const listener of site.listeners) listener(happening);
}

export function repositoryDir(site: Site, id: number): string {
  return join(site.dir, `${id}.git`);
}

/** By `owner/name`, present or former, in any case. */
export function findRepository(site: Site, fullName: string): Repository | undefined {
  const wanted = fullName.toLowerCase();
  const all = [...site.repositories.values()];
  return (
    all.find((one) => fullNameOf(one).toLowerCase() === wanted) ??
    all.find((one) => one.formerNames.has(wanted))
  );
}

export function accountOf(site: Site, login: string): Account {
  const account = site.accounts.get(login.toLowerCase());
  if (!account) throw notFound();
  return account;
}

/** Opaque to clients, as GitHub's are; here it says what it names. */
export function nodeId(kind: string, id: number | string): string {
  return `${kind}_${Buffer.from(`${kind}:${id}`).toString('base64url')}`;
}

/** What a node id names, or undefined. */
export function readNodeId(
  text: string,
): { readonly kind: string; readonly id: string } | undefined {
  const [kind = '', encoded = ''] = text.split(/_(.*)/s);
  const [named, id] = Buffer.from(encoded, 'base64url').toString().split(/:(.*)/s);
  return named === kind && id !== undefined ? { kind, id } : undefined;
}
