import { describe, expect, it } from 'vitest';
import { constraintsOf, overridesOf } from '../../../test/support/constraint-files.ts';
import { catalogOf, stateOf, tagPin } from '../../../test/support/facts.ts';
import { sourceRefsPath } from '../model/catalog.ts';
import type { SeriesCatalog } from '../model/catalog.ts';
import type { Failure } from '../model/failures.ts';
import type { UpstreamConstraints } from '../model/upstream.ts';
import { constraintFindings, vendoredFindings } from './constraint-findings.ts';

const commit = 'c'.repeat(40);
const provenance = `# openstack/requirements stable/2025.2 ${commit} (synced by pinwheel)`;
const path = 'releases/2025.2/upper-constraints.txt';

function seriesWith(more: Partial<SeriesCatalog>): SeriesCatalog {
  return { id: '2025.2', pins: [], extras: new Map(), queues: new Map(), ...more };
}

describe('a finding on vendored constraints', () => {
  it('is none for a file that says where it is from', () => {
    const series = seriesWith({ constraints: constraintsOf(provenance, 'a===1') });
    expect(constraintFindings(series, '3.12')).toEqual([]);
  });

  it('is none where there is no file', () => {
    expect(constraintFindings(seriesWith({}), '3.12')).toEqual([]);
  });

  it('asks for the line that says where the file is from', () => {
    const series = seriesWith({ constraints: constraintsOf('a===1') });
    expect(constraintFindings(series, '3.12')).toMatchObject([
      { code: 'constraints-without-provenance', file: path, line: 1, level: 'warning' },
    ]);
  });

  it('names two pins that hold at once, at the override', () => {
    const series = seriesWith({
      constraints: constraintsOf(provenance, 'a===1', "b===1;python_version=='3.9'"),
      overrides: overridesOf('', "a===2;python_version>='3.10'", "b===2;python_version>='3.10'"),
    });
    expect(constraintFindings(series, '3.12')).toEqual([
      {
        code: 'constraints-contradict',
        file: 'overrides/2025.2/constraints.txt',
        line: 2,
        level: 'warning',
        message: 'a is pinned to 1 and to 2 for Python 3.12: nothing can be installed that is both',
        remedy: 'remove one of the two lines, or give it a marker that leaves Python 3.12 out',
      },
    ]);
    expect(constraintFindings(series, '3.9')).toEqual([]);
  });

  it('notes at the pin that a library is built in another version', () => {
    const pin = tagPin('2025.2', 'glance_store', '5.2.1');
    const component = { component: 'glance_store', ref: '5.2.1', commit, version: '5.2.1' };
    const lock = {
      series: '2025.2',
      path: 'releases/2025.2/source-refs.lock.yaml',
      python: '3.12',
      components: new Map([['glance_store', component]]),
      baseImages: new Map(),
    };
    const series = seriesWith({
      constraints: constraintsOf(provenance, "glance-store===5.2.0;python_version>='3.10'"),
      pins: [pin],
      lock,
    });
    expect(constraintFindings(series, '3.12')).toMatchObject([
      {
        code: 'constraints-differ-from-source',
        file: sourceRefsPath('2025.2'),
        level: 'notice',
        message:
          'glance_store is built from source as 5.2.1, and the constraints of 2025.2 pin 5.2.0: images that build it get 5.2.1, the others 5.2.0',
      },
    ]);
    const same = constraintsOf(provenance, 'glance_store===5.2.1');
    expect(constraintFindings({ ...series, constraints: same }, '3.12')).toEqual([]);
  });
});

describe('a finding on a hand edit', () => {
  const base = constraintsOf('a===1', "b===1;python_version>='3.10'", 'c===1');
  const local = constraintsOf(provenance, 'a===2', 'c===1', 'own===1');

  function findings(upstream: UpstreamConstraints | Failure) {
    const catalog = catalogOf([tagPin('2025.2', 'nova', '32.0.0')]);
    const series = catalog.series.map((one) => ({ ...one, constraints: local }));
    const constraints = new Map([['2025.2', upstream]]);
    return vendoredFindings({ ...catalog, series }, { ...stateOf({}), constraints });
  }

  it('stands at the line, and says which override to write instead', () => {
    const upstream = { ref: 'stable/2025.2', commit, base: { commit, file: base } };
    expect(findings(upstream)).toEqual([
      {
        code: 'constraints-hand-edit',
        file: path,
        line: 2,
        level: 'warning',
        message: "a was set to 2 by hand in a file that is a copy of upstream's, which has 1",
        remedy: 'undo the edit and put a===2 in overrides/2025.2/constraints.txt',
      },
      {
        code: 'constraints-hand-edit',
        file: path,
        line: 3,
        level: 'warning',
        message:
          "b (python_version>='3.10') was removed by hand in a file that is a copy of upstream's, which has 1",
        remedy: 'undo the edit and put -b in overrides/2025.2/constraints.txt',
      },
      {
        code: 'constraints-hand-edit',
        file: path,
        line: 4,
        level: 'warning',
        message:
          "own was set to 1 by hand in a file that is a copy of upstream's, which has no such line",
        remedy: 'undo the edit and put own===1 in overrides/2025.2/constraints.txt',
      },
    ]);
  });

  it('is not made where upstream did not say what the file came from', () => {
    expect(findings({ what: 'constraints of 2025.2', why: 'no answer' })).toEqual([]);
    expect(findings({ ref: 'stable/2025.2', commit })).toEqual([]);
  });
});
