import { access, constants, mkdir } from 'node:fs/promises';
import { parseVersion, compareVersions } from '../../core/model/version.ts';
import { isFailure } from '../../core/model/upstream.ts';
import { readCatalog } from '../../core/formats/catalog.ts';
import { doctorSummary, doctorTable } from '../../core/render/doctor.ts';
import type { Diagnosis } from '../../core/render/doctor.ts';
import { gitVersion } from '../../edge/git/version.ts';
import { withWorld } from '../common.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { printJson, printLine, printTables } from '../output.ts';
import { cacheFolder, defaultTemplates } from '../world.ts';

/** Partial clones that are fetched from by object id work from here on. */
const oldestGit = '2.30';
const oldestNode = '24.11';

export async function runDoctor(common: CommonOptions): Promise<number> {
  const templates = common.upstream.length > 0 ? common.upstream : defaultTemplates;
  const diagnoses = [
    program('Node', process.versions.node, oldestNode),
    await examine('git', async () => program('git', await gitVersion(), oldestGit)),
    await examine('cache', examineCache),
    await examine('images repository', () => examineRepository(common)),
    ...(await Promise.all(
      templates.map((template) => examine(template, () => examineUpstream(common, template))),
    )),
  ];
  if (common.json) printJson({ diagnoses });
  else {
    await printTables([doctorTable(diagnoses)]);
    printLine(`\n${doctorSummary(diagnoses)}`);
  }
  return diagnoses.every(({ ok }) => ok) ? exitCodes.fine : exitCodes.findings;
}

/** A check that throws is a diagnosis too: doctor goes on to the next. */
async function examine(what: string, check: () => Promise<Diagnosis>): Promise<Diagnosis> {
  try {
    return await check();
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof Error && 'remedy' in error ? String(error.remedy) : '';
    return { what, ok: false, found, remedy };
  }
}

function program(what: string, found: string, oldest: string): Diagnosis {
  const [have, need] = [parseVersion(found), parseVersion(oldest)];
  const ok = have !== undefined && need !== undefined && compareVersions(have, need) >= 0;
  return { what, ok, found, remedy: ok ? '' : `install ${what} ${oldest} or newer` };
}

async function examineCache(): Promise<Diagnosis> {
  const found = cacheFolder();
  await mkdir(found, { recursive: true });
  await access(found, constants.W_OK);
  return { what: 'cache', ok: true, found, remedy: '' };
}

async function examineRepository(common: CommonOptions): Promise<Diagnosis> {
  const snapshot = await withWorld(common, async ({ workingTree }) => workingTree.read());
  const { series, images, problems } = readCatalog(snapshot);
  const found = `${series.length} series, ${images.size} images, ${problems.length} broken places`;
  const what = 'images repository';
  if (problems.length > 0) return { what, ok: false, found, remedy: 'run pinwheel check' };
  if (series.length > 0) return { what, ok: true, found, remedy: '' };
  return {
    what,
    ok: false,
    found,
    remedy: 'go to a folder with releases/<series>/, or name it with --repo',
  };
}

async function examineUpstream(common: CommonOptions, template: string): Promise<Diagnosis> {
  const query = { component: 'releases', prefixes: ['refs/heads/master'] };
  const answer = await withWorld({ ...common, upstream: [template] }, async ({ upstream }) =>
    (await upstream.listRefs([query], new Map())).get('releases'),
  );
  if (answer && !isFailure(answer)) {
    return { what: template, ok: true, found: `answers at ${answer.url}`, remedy: '' };
  }
  const remedy = 'look at the network, or name another place with --upstream';
  return { what: template, ok: false, found: answer?.why ?? 'no answer', remedy };
}
