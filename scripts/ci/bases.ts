/** An image of elsewhere that a Dockerfile pins: `ubuntu:noble` at a digest. */
export interface PinnedBase {
  readonly reference: string;
  readonly digest: string;
}

const pinned = /(?<=^FROM |--from=)([^\s@]+)@(sha256:[0-9a-f]{64})/gm;

export function pinnedBases(dockerfile: string): readonly PinnedBase[] {
  return [...dockerfile.matchAll(pinned)].map(([, reference = '', digest = '']) => ({
    reference,
    digest,
  }));
}

/** The Dockerfile with other digests of the same references; everything else stays as it is. */
export function moveDigests(dockerfile: string, newest: ReadonlyMap<string, string>): string {
  return dockerfile.replace(pinned, (whole, reference: string) => {
    const digest = newest.get(reference);
    return digest === undefined ? whole : `${reference}@${digest}`;
  });
}

/** The moment of the archive that packages are taken from, as apt names it: `20261116T000000Z`. */
const snapshot = /(?<=^ARG APT_SNAPSHOT=)\d{8}T\d{6}Z(?=\r?$)/m;

export function pinnedSnapshot(dockerfile: string): string | undefined {
  return snapshot.exec(dockerfile)?.[0];
}

/** The Dockerfile with a later moment; one that it is past already is left alone. */
export function moveSnapshot(dockerfile: string, to: string): string {
  return dockerfile.replace(snapshot, (from) => (from < to ? to : from));
}

/** When the platforms of an image were made, as `imagetools inspect` tells of one or of several. */
export function creationDates(image: unknown): readonly Date[] {
  const shown = typeof image === 'object' && image !== null ? image : {};
  const platforms = 'created' in shown ? [shown] : Object.values(shown);
  return platforms
    .map((platform) => new Date(String((platform as { readonly created?: unknown }).created)))
    .filter((date) => !Number.isNaN(date.getTime()));
}

const day = 24 * 60 * 60 * 1000;

/**
 * The archive as it was when this week began (in UTC), so that what is proposed is the same all week; later
 * where a base image is younger, for packages that are older than those it has do not fit them.
 */
export function weeklySnapshot(today: Date, created: readonly Date[]): string {
  const midnight = Math.floor(today.getTime() / day) * day;
  const monday = midnight - ((today.getUTCDay() + 6) % 7) * day;
  return aptMoment(Math.max(monday, ...created.map((date) => date.getTime())));
}

/** Never before the moment itself: parts of a second count as one. */
function aptMoment(ms: number): string {
  const iso = new Date(Math.ceil(ms / 1000) * 1000).toISOString();
  return iso.replace(/[-:]|\.\d+/g, '');
}
