import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { webhookPath } from './webhook-door.ts';

const shape = v.strictObject({
  name: v.string(),
  description: v.string(),
  public: v.boolean(),
  default_permissions: v.record(v.string(), v.picklist(['read', 'write'])),
  default_events: v.array(v.string()),
});

/** What GitHub makes an App from. */
export type AppManifest = v.InferOutput<typeof shape> & {
  /** For people: the App's own page says what it is. */
  readonly url: string;
  readonly hook_attributes: { readonly url: string; readonly active: true };
  readonly redirect_url: string;
};

export interface ManifestPlaces {
  /** Where GitHub reaches the App. */
  readonly publicUrl: string;
  /** Where GitHub sends the browser once the App is made. */
  readonly redirectUrl: string;
  readonly name?: string;
}

const file = join(import.meta.dirname, '..', '..', 'app.yml');

/** That of `app.yml`, with addresses. */
export async function appManifest(places: ManifestPlaces): Promise<AppManifest> {
  const declared = v.parse(shape, parse(await readFile(file, 'utf8')));
  return {
    ...declared,
    ...(places.name !== undefined && { name: places.name }),
    url: places.publicUrl,
    hook_attributes: { url: `${places.publicUrl}${webhookPath}`, active: true },
    redirect_url: places.redirectUrl,
  };
}
