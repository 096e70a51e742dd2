import { failureScan } from '../../src/core/decide/failure-class.ts';
import { logReader } from '../../src/core/formats/build-log.ts';
import type { FailureClass } from '../../src/core/model/build.ts';

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
  /** The class is missing where nothing in the log is known. */
  readonly failed?: { readonly class?: FailureClass; readonly line: string };
}

interface Facts {
  readonly cell: string;
  readonly outcome: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly sbom: string;
  readonly log: string;
  /** Of each platform, where this is about all of them together. */
  readonly parts?: readonly CellResult[];
}

export function cellResult(facts: Facts): CellResult {
  const { cell, outcome, digest, tags, sbom } = facts;
  const { service, series, version, digest: inputs } = JSON.parse(cell) as Record<string, string>;
  return {
    service: service ?? '',
    series: series ?? '',
    version: version ?? '',
    digest: inputs ?? '',
    image: digest,
    tags,
    packages: packagesOf(sbom),
    ...(outcome === 'success' ? {} : { failed: failureOf(facts) }),
  };
}

/** What kept the platforms from being joined, or else it was the joining. */
function failureOf({ log, parts }: Facts): NonNullable<CellResult['failed']> {
  if (parts === undefined) return firstFailure(log);
  const failed = parts.find((part) => part.failed !== undefined)?.failed;
  return failed ?? { line: 'its platforms were not joined, signed and tagged: see that job' };
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

/** In the words of the bot, who reads logs by the same rules. */
export function firstFailure(log: string): NonNullable<CellResult['failed']> {
  const lines: string[] = [];
  const scan = failureScan();
  const reader = logReader((line, number) => {
    lines.push(line);
    scan.take(line, number);
  });
  reader.take(log);
  reader.end();
  const { class: kind, line } = scan.end();
  const told = line === undefined ? lines.findLast((one) => one !== '') : lines[line - 1];
  return { ...(kind !== undefined && { class: kind }), line: (told ?? '').slice(0, longestLine) };
}

/** What a cell of a table bears. */
const longestLine = 300;
