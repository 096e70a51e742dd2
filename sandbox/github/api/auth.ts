import { verify } from 'node:crypto';
import { withMetadata } from '../show/accounts.ts';
import { installedRepositories } from '../acts/apps.ts';
import type { App, Repository } from '../state/nouns.ts';
import { notAccessible, notFound, Refusal } from '../state/refusal.ts';
import { mayAs } from '../state/roles.ts';
import type { Site } from '../state/site.ts';
import type { Caller, Need } from './call.ts';

const longestJwt = 600;

/** Reads `Authorization`; refuses what is neither a token nor a good JWT. */
export function authenticate(site: Site, header: string | undefined): Caller {
  if (header === undefined || header === '') return { kind: 'anonymous' };
  const [scheme = '', value = ''] = header.split(' ');
  const secret = scheme.toLowerCase() === 'basic' ? basicPassword(value) : value;
  if (secret.split('.').length === 3 && secret.startsWith('ey')) {
    return { kind: 'app', app: verifyJwt(site, secret) };
  }
  const token = site.tokens.get(secret);
  if (!token || token.expiresAt <= site.clock.now()) throw new Refusal(401, 'Bad credentials');
  const { installation } = token;
  if (!installation) return { kind: 'user', account: token.account };
  if (installation.suspendedAt !== null) {
    throw new Refusal(403, 'This installation has been suspended');
  }
  return { kind: 'installation', installation, token };
}

function basicPassword(value: string): string {
  const text = Buffer.from(value, 'base64').toString();
  const [user = '', password = ''] = text.split(/:(.*)/s);
  return password === '' || password === 'x-oauth-basic' ? user : password;
}

interface Claims {
  readonly iss?: string | number;
  readonly iat?: number;
  readonly exp?: number;
}

function verifyJwt(site: Site, jwt: string): App {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  const claims = readClaims(body);
  const { alg } = readClaims(head) as { alg?: string };
  const issuer = String(claims.iss);
  const app = [...site.apps.values()].find(
    ({ id, clientId }) => String(id) === issuer || clientId === issuer,
  );
  if (!app) throw new Refusal(404, 'Integration not found');
  const signed = Buffer.from(`${head}.${body}`);
  const isGood =
    alg === 'RS256' &&
    verify('RSA-SHA256', signed, app.publicKey, Buffer.from(signature, 'base64url'));
  if (!isGood) throw new Refusal(401, 'A JSON web token could not be decoded');
  checkTimes(claims, site.clock.now() / 1000);
  return app;
}

function readClaims(part: string): Claims {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims;
  } catch {
    throw new Refusal(401, 'A JSON web token could not be decoded');
  }
}

/** In GitHub's own words: clients recognise a wrong clock by them. */
function checkTimes({ iat, exp }: Claims, now: number): void {
  if (typeof exp !== 'number' || exp <= now) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (typeof iat !== 'number' || iat > now + 1) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (exp - iat > longestJwt || exp > now + longestJwt) {
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  }
}

/** Refuses a caller who is not what an endpoint needs; `repository` where it is about one. */
export function authorize(
  caller: Caller,
  needs: Need | readonly Need[],
  repository: Repository | undefined,
): void {
  const wanted = typeof needs === 'string' ? [needs] : needs;
  if (wanted.includes('app')) {
    if (caller.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
    return;
  }
  if (caller.kind === 'app') {
    if (!wanted.includes('anyone')) throw notAccessible();
    return;
  }
  if (wanted.includes('token') && caller.kind !== 'installation') throw notAccessible();
  if (repository) authorizeIn(caller, wanted, repository);
}

function authorizeIn(
  caller: Exclude<Caller, { kind: 'app' }>,
  needs: readonly Need[],
  repository: Repository,
): void {
  const writes = needs.every((need) => need.endsWith(':write'));
  if (caller.kind === 'anonymous') {
    if (repository.private || writes)
      throw writes ? new Refusal(401, 'Requires authentication') : notFound();
    return;
  }
  if (caller.kind === 'user') {
    if (!mayAs(repository, caller.account, 'read')) throw notFound();
    return;
  }
  if (!reaches(caller, repository)) {
    if (repository.private) throw notFound();
    // What is public may be read by everybody, with a token of anywhere.
    if (writes) throw notAccessible();
    return;
  }
  if (!needs.some((need) => isGranted(caller, need))) throw notAccessible();
}

/** Whether an installation token is for this repository. */
export function reaches(
  { installation, token }: Extract<Caller, { kind: 'installation' }>,
  repository: Repository,
): boolean {
  const { account, repositoryIds } = installation;
  return (
    account === repository.owner &&
    (repositoryIds?.has(repository.id) ?? true) &&
    (token.repositoryIds?.has(repository.id) ?? true)
  );
}

function isGranted({ token }: Extract<Caller, { kind: 'installation' }>, need: Need): boolean {
  const [name = '', level = ''] = need.split(':');
  if (level === '') return true;
  const granted = withMetadata(token.permissions)[name];
  return granted === 'write' || (granted === 'read' && level === 'read');
}

/** Repositories that a token opens. */
export function tokenRepositories(
  site: Site,
  caller: Extract<Caller, { kind: 'installation' }>,
): readonly Repository[] {
  const all = installedRepositories(site, caller.installation);
  return all.filter((repository) => reaches(caller, repository));
}
