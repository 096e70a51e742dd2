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
