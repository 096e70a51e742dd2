import { describe, expect, it } from 'vitest';
import { commitAll, imagesRepository } from '../support/pinwheel.ts';
import { serveOpenStack, smallRepository } from '../support/small-openstack.ts';

interface Update {
  readonly moves: readonly {
    series: string;
    component: string;
    from: string;
    to: string;
    jump: string;
  }[];
  readonly held: readonly { series: string; component: string; version?: string; code: string }[];
  readonly constraints: readonly {
    series: string;
    kept: readonly { name: string; override: string }[];
  }[];
  readonly failed: readonly { what: string; why: string }[];
  readonly written: readonly string[];
}

describe('pinwheel update', () => {
  it('says what would move and why the rest does not, and writes nothing', async () => {
    const { template } = await serveOpenStack();
    const bench = await imagesRepository(smallRepository, template);
    const { code, stdout, stderr } = await bench.run('update');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('27.0.1 is listed for epoxy and has no tag yet');
    expect(stdout).toContain('4 pins and 2 constraints files would move');
    expect(await bench.read('releases/2025.1/source-refs.yaml')).toBe(
      smallRepository['releases/2025.1/source-refs.yaml'],
    );
  });

  it('gives the same as JSON, with a line for every component', async () => {
    const { template } = await serveOpenStack();
    const bench = await imagesRepository(smallRepository, template);
    const { moves, held, failed } = await bench.json<Update>('update');
    expect(
      moves.map(({ series, component, from, to, jump }) => [series, component, from, to, jump]),
    ).toEqual([
      ['2025.1', 'nova', '31.0.0', '31.1.0', 'minor'],
      ['2025.1', 'oslo.messaging', '17.0.0', '17.0.1', 'patch'],
      ['2025.2', 'nova', '32.0.0', '32.2.1', 'minor'],
      ['2025.2', 'oslo.messaging', '17.1.0', '17.2.0', 'minor'],
    ]);
    expect(
      held.map(({ series, component, version, code }) => [series, component, version, code]),
    ).toEqual([
      ['2025.1', 'keystone', '27.0.1', 'not-tagged'],
      ['2025.1', 'oslo.messaging', '17.2.0', 'other-series'],
      ['2025.2', 'keystone', undefined, 'newest'],
    ]);
    expect(failed).toEqual([]);
  });

  it('writes pins, constraints and existing locks once, and every other byte stays', async () => {
    const { template } = await serveOpenStack();
    const bench = await imagesRepository(smallRepository, template);
    expect(await bench.run('lock')).toMatchObject({ code: 0 });
    expect(await bench.run('update', '--write')).toMatchObject({ code: 0 });
    expect(await bench.read('releases/2025.2/source-refs.yaml')).toBe(
      `# flamingo\nnova:     "32.2.1"        # tag\r\nkeystone: '28.0.0'\noslo.messaging: "17.2.0"  # a library`,
    );
    expect(await bench.read('releases/2025.2/upper-constraints.txt')).toMatch(
      /^# openstack\/requirements stable\/2025\.2 [0-9a-f]{40} \(synced by pinwheel\)\n/,
    );
    expect(await bench.read('releases/2025.2/source-refs.lock.yaml')).toContain('32.2.1');
    expect(await bench.run('lock', '--check')).toMatchObject({ code: 0 });
    const again = await bench.json<Update>('update', '--write');
    expect(again).toMatchObject({ moves: [], constraints: [], written: [] });
    expect(await bench.run('update')).toMatchObject({ code: 0 });
  });

  it('says so when nothing moves and only a lock is behind', async () => {
    const { template } = await serveOpenStack();
    const bench = await imagesRepository(smallRepository, template);
    await bench.run('update', '--write');
    await bench.run('lock');
    await bench.write({ 'releases/2025.1/source-refs.yaml': 'nova: "31.1.0"\n' });
    const { code, stdout } = await bench.run('update', '--write');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'locks brought up to date; 1 file written: releases/2025.1/source-refs.lock.yaml',
    );
  });

  it('does what it can when one component is down, says so and exits with 3', async () => {
    const { template, server } = await serveOpenStack();
    server.faults.set('/nova', { kind: 'down' });
    const bench = await imagesRepository(smallRepository, template);
    const { moves, held, failed } = await bench.json<Update>('update');
    expect(moves.map(({ component }) => component)).toEqual(['oslo.messaging', 'oslo.messaging']);
    expect(held).toContainEqual(
      expect.objectContaining({ component: 'nova', code: 'unreachable' }),
    );
    expect(failed.map(({ what }) => what)).toEqual(['refs of nova']);
    expect(await bench.run('update', '--write')).toMatchObject({ code: 3 });
    expect(await bench.read('releases/2025.1/source-refs.yaml')).toContain('"17.0.1"');
  });

  it('writes nothing at all when openstack/releases is down', async () => {
    const { template, server } = await serveOpenStack();
    server.faults.set('/releases', { kind: 'status', status: 503 });
    const bench = await imagesRepository(smallRepository, template);
    await commitAll(bench, 'before');
    const { code, stdout, stderr } = await bench.run('update', '--write');
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({
      code: 3,
      stdout: '',
      lines: 1,
    });
    expect(await bench.git('status', '--porcelain')).toBe('');
  });
});
