import type { Account, App, Permissions } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import type { Site } from '../state/site.ts';
import { registerApp, slugOf } from './apps.ts';

/** What an App says of itself before it exists. */
export interface Manifest {
  readonly name: string;
  readonly url: string;
  readonly redirect_url: string;
  readonly hook_attributes?: { readonly url?: string; readonly active?: boolean };
  readonly description?: string;
  readonly setup_url?: string;
  readonly default_permissions?: Permissions;
  readonly default_events?: readonly string[];
}

const codeLife = 3_600_000;

/** Reads what a form brings; GitHub shows what is wrong with it on a page. */
export function readManifest(site: Site, text: string): Manifest {
  const manifest = parse(text);
  const missing = (['name', 'url', 'redirect_url'] as const).filter((key) => !manifest[key]);
  if (missing.length > 0) throw new Refusal(422, `The manifest has no ${missing.join(', ')}`);
  if (manifest.name.length > 34) throw new Refusal(422, 'The name takes 34 characters');
  const slug = slugOf(manifest.name);
  if ([...site.apps.values()].some((app) => app.slug === slug)) {
    throw new Refusal(422, `The name ${manifest.name} is already taken`);
  }
  return manifest;
}

function parse(text: string): Manifest {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Manifest;
  } catch {
    // Answered below, like a manifest that is no object.
  }
  throw new Refusal(422, 'The manifest is not valid JSON');
}

/** Makes the App, and a code by which its key can be fetched once, within an hour. */
export function createFromManifest(
  site: Site,
  owner: Account,
  manifest: Manifest,
): { readonly app: App; readonly code: string } {
  const { name, url, hook_attributes: hook, description, setup_url } = manifest;
  const app = registerApp(site, {
    name,
    owner,
    externalUrl: url,
    permissions: manifest.default_permissions ?? {},
    events: manifest.default_events ?? [],
    webhookSecret: site.chance.hex(40),
    ...(hook?.url !== undefined && hook.active !== false && { webhookUrl: hook.url }),
    ...(description !== undefined && { description }),
    ...(setup_url !== undefined && { setupUrl: setup_url }),
  });
  const code = site.chance.hex(40);
  site.manifestCodes.set(code, { app, expiresAt: site.clock.now() + codeLife });
  return { app, code };
}
