/**
 * build-image.ts SERVICE SERIES [--repo DIR] [--work DIR] [--sources DIR]… [--upstream TEMPLATE]… [-- BUILDX…]
 *
 * Prepares the contexts of a cell and builds it with `docker buildx build`; what follows `--` is
 * handed on: outputs, caches, platforms, and the base images as named contexts.
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildArguments } from './buildx.ts';
import { runCommand } from './command.ts';
import { prepare } from './prepare.ts';
import { defaultUpstreams } from './source.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repo: { type: 'string', default: '.' },
    work: { type: 'string', default: join(tmpdir(), `pinwheel-build-${process.pid}`) },
    sources: { type: 'string', multiple: true, default: [] },
    upstream: { type: 'string', multiple: true, default: defaultUpstreams },
  },
});
const [service, series, ...flags] = positionals;
if (service === undefined || series === undefined) {
  console.error('build-image: which image? Give SERVICE SERIES, such as keystone 2026.1');
  process.exit(2);
}
try {
  const repo = resolve(values.repo);
  const prepared = await prepare(
    { repo, service, series },
    { given: values.sources, upstreams: values.upstream },
    resolve(values.work),
  );
  console.error(`build-image: ${service}/${series}: contexts are in ${values.work}`);
  await runCommand(['docker', ...buildArguments(repo, prepared), ...flags], { shown: true });
} catch (error) {
  console.error(`build-image: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
