import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { project } from './process.ts';

/** The six services that the benchmarks look after, with what they pin in 2025.2: some are behind. */
export const services: ReadonlyMap<string, string> = new Map([
  ['keystone', '28.0.1'],
  ['nova', '32.1.0'],
  ['neutron', '27.0.2'],
  ['glance', '31.0.0'],
  ['cinder', '27.0.0'],
  ['placement', '14.0.0'],
]);

export const series = '2025.2';

const data = join(project, '../shared/upstream');

/** Whether the real upstream data is there; without it the benchmarks run on smaller, made-up data. */
export const hasRealData = existsSync(join(data, 'README.md'));

export const dataNote = hasRealData
  ? 'upstreams have the real branches, tags and openstack/releases of August 2026; commits are made up'
  : '../shared/upstream is not there: upstreams are the small ones of the demo, so figures are not those of the README';

/** upper-constraints.txt by series, oldest first: the real ones, or four of the same size. */
export function constraintTexts(): ReadonlyMap<string, string> {
  if (!hasRealData) {
    return new Map(['2025.1', '2025.2', '2026.1', '2026.2'].map((id, n) => [id, madeUp(n)]));
  }
  const folder = join(data, 'requirements/upper-constraints');
  const files = readdirSync(folder).filter((name) => /^\d{4}\.\d\.txt$/.test(name));
  return new Map(
    files
      .sort()
      .map((name) => [name.replace('.txt', ''), readFileSync(join(folder, name), 'utf8')]),
  );
}

/** 590 pins, of which those of two series next to one another differ in about 240. */
function madeUp(generation: number): string {
  const lines = Array.from({ length: 590 }, (_, index) => {
    const marker = index % 40 === 0 ? ";python_version>='3.10'" : '';
    const major = index % 5 < 2 ? generation : 1;
    return `made-up.package-${index}===${major}.${index % 17}.0${marker}\n`;
  });
  return lines.join('');
}
