/** The Dockerfile of a service as somebody else would write it: same base, same packages, same contexts. */
export interface Recipe {
  readonly name: string;
  readonly dockerfile: (ours: string, service: string) => string;
  /** The image that stands in for venv-builder. */
  readonly builder?: string;
}

/** venv-builder with pip: bench/images/Dockerfile. */
export const pipBuilder = 'pinwheel.test/bench-pip-builder';

const uvCache = '--mount=type=cache,id=uv,target=/var/cache/uv';

function withScript(ours: string, service: string, script: string): string {
  const source = '--mount=type=bind,from=source,target=/source';
  return ours
    .replace(source, `${source} --mount=type=bind,from=bench,target=/bench`)
    .replace(`build-service ${service}`, `/bench/${script} ${service}`);
}

/** No mount that outlives a build, no --link, and apt's lists removed where they came. */
function seed(ours: string, service: string): string {
  return (
    withScript(ours, service, 'build-seed')
      // A flag that changes nothing, so that the line stays one.
      .replaceAll(/--mount=type=cache,\S+/g, '--network=default')
      .replaceAll(' --link', '')
      .replace('${APT_PACKAGES} \\', '${APT_PACKAGES} && rm -rf /var/cache/apt/* \\')
  );
}

function pip(ours: string, service: string): string {
  const cache = '--mount=type=cache,id=pip,target=/root/.cache/pip';
  return withScript(ours, service, 'build-pip').replace(uvCache, cache);
}

export const recipes: readonly Recipe[] = [
  { name: 'ours', dockerfile: (ours) => ours },
  { name: 'seed-style', dockerfile: seed },
  { name: 'pip in place of uv', dockerfile: pip, builder: pipBuilder },
];
