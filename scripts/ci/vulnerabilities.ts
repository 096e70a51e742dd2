/** A vulnerability that is known and stays for now, from .github/vulnerabilities.yml. */
export interface Allowance {
  readonly id: string;
  /** The last day that it is good for, `2026-12-31`. */
  readonly until: string;
  readonly reason: string;
  /** Where it is good for one service only. */
  readonly service?: string;
}

/** A finding of grype's JSON, as much as matters. */
export interface Match {
  readonly vulnerability: {
    readonly id: string;
    readonly severity: string;
    readonly fix?: { readonly versions?: readonly string[]; readonly state?: string };
  };
  /** The same by other names: what GitHub calls GHSA-… is a CVE as well. */
  readonly relatedVulnerabilities?: readonly { readonly id: string }[];
  readonly artifact: { readonly name: string; readonly version: string };
}

export interface Verdict {
  /** Lines that name what must not be published. */
  readonly refused: readonly string[];
  readonly allowed: readonly string[];
}

const severe = ['High', 'Critical'];

/** High and critical findings that have a fix end a publish, unless they are allowed and the day has not passed. */
export function judgeScan(
  matches: readonly Match[],
  allowances: readonly Allowance[],
  { service, today }: { readonly service: string; readonly today: string },
): Verdict {
  const refused: string[] = [];
  const allowed: string[] = [];
  for (const { vulnerability, relatedVulnerabilities = [], artifact } of matches) {
    const { id, severity, fix } = vulnerability;
    if (!severe.includes(severity) || fix?.state !== 'fixed') continue;
    const line = `${id} (${severity}) in ${artifact.name} ${artifact.version}, fixed in ${fix.versions?.join(', ') ?? '?'}`;
    const names = [vulnerability, ...relatedVulnerabilities].map((one) => one.id);
    const known = allowances.find(
      (one) => names.includes(one.id) && (one.service ?? service) === service,
    );
    if (known === undefined) refused.push(line);
    else if (known.until < today) refused.push(`${line}; allowed until ${known.until}`);
    else allowed.push(`${line}; allowed until ${known.until}: ${known.reason}`);
  }
  return { refused, allowed };
}
