/** The result file of a cell; a contract with whoever reports builds (docs/design.md). */
export interface CellResult {
  readonly service: string;
  readonly series: string;
  readonly version: string;
  /** Input digest. */
  readonly digest: string;
  /** Manifest digest; empty where nothing was pushed. */
  readonly image: string;
  readonly tags: readonly string[];
  /** `name==version` of each Python package in it. */
  readonly packages: readonly string[];
  readonly failed?: { readonly class: FailureClass; readonly line: string };
}

export type FailureClass = 'patch' | 'resolve' | 'network' | 'build' | 'verify';

interface Facts {
  readonly cell: string;
  readonly outcome: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly sbom: string;
  readonly log: string;
}

export function cellResult({ cell, outcome, digest, tags, sbom, log }: Facts): CellResult {
  const { service, series, version, digest: inputs } = JSON.parse(cell) as Record<string, string>;
  return {
    service: service ?? '',
    series: series ?? '',
    version: version ?? '',
    digest: inputs ?? '',
    image: digest,
    tags,
    packages: packagesOf(sbom),
    ...(outcome === 'success' ? {} : { failed: firstFailure(log) }),
  };
}

function packagesOf(sbom: string): readonly string[] {
  if (sbom === '') return [];
  const { components = [] } = JSON.parse(sbom) as { components?: { purl?: string }[] };
  const names = components.flatMap(({ purl = '' }) => {
    const [, name, version] = /^pkg:pypi\/([^@]+)@([^?#]+)/.exec(purl) ?? [];
    return name === undefined || version === undefined ? [] : [`${name}==${version}`];
  });
  return [...new Set(names)].sort();
}

/** First the most telling: what uv could not resolve says more than that a RUN ended with 1. */
const marks: readonly (readonly [FailureClass, RegExp])[] = [
  ['patch', /(does not apply|patch failed|already there|does not apply).*/i],
  ['resolve', /(No solution found|Because .* depends on|Could not find a version|has no extra).*/i],
  [
    'network',
    /(Temporary failure resolving|Could not resolve host|Connection timed out|error sending request|Failed to fetch|TLS handshake).*/i,
  ],
  ['verify', /^FAILED .*/m],
  ['build', /(^|[\s:])(error|ERROR|fatal)[:\s].*/m],
];

export function firstFailure(log: string): { readonly class: FailureClass; readonly line: string } {
  for (const [name, mark] of marks) {
    const line = log.split('\n').find((one) => mark.test(one));
    if (line !== undefined) return { class: name, line: plainLine(line) };
  }
  return { class: 'build', line: plainLine(log.trimEnd().split('\n').at(-1) ?? '') };
}

/** Without buildkit's step number and time, and not longer than a cell of a table bears. */
function plainLine(line: string): string {
  return line
    .replace(/^#\d+ (?:\d+\.\d+ )?/, '')
    .trim()
    .slice(0, 300);
}
