import type { Account, Token } from '../state/nouns.ts';
import type { Site } from '../state/site.ts';

export interface NewAccount {
  readonly login: string;
  readonly type: Account['type'];
  readonly name?: string;
}

/** The account of that login, made when there is none. */
export function addAccount(site: Site, { login, type, name }: NewAccount): Account {
  const key = login.toLowerCase();
  const held = site.accounts.get(key);
  if (held) return held;
  const id = site.nextId();
  const createdAt = site.clock.now();
  const account = { id, login, type, name: name ?? null, createdAt, members: new Map() };
  site.accounts.set(key, account);
  return account;
}

/** A token by which a person uses the API and pushes; it does not expire. */
export function tokenOf(site: Site, account: Account): Token {
  const held = [...site.tokens.values()].find(
    (one) => one.account === account && !one.installation,
  );
  if (held) return held;
  const token: Token = {
    value: `ghp_${site.chance.hex(36)}`,
    account,
    installation: undefined,
    permissions: {},
    repositoryIds: undefined,
    expiresAt: Number.POSITIVE_INFINITY,
  };
  site.tokens.set(token.value, token);
  return token;
}
