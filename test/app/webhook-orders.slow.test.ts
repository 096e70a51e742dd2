import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sceneUpstreams } from '../support/app-scene.ts';
import type { SceneUpstreams } from '../support/app-scene.ts';
import { allWishes, ordersStory, startOrdersWorld, wishFrom } from '../support/orders-world.ts';
import type { OrdersWorld, Wish } from '../support/orders-world.ts';
import { rememberedTemplate } from '../support/remembering-server.ts';
import { seededRandom } from '../support/random.ts';

/** PINWHEEL_ORDERS: how many; PINWHEEL_SEED: only the world of this seed. */
const orders = Number(process.env['PINWHEEL_ORDERS'] ?? 200);
const only = process.env['PINWHEEL_SEED'];
const repositories = 8;
const rounds = 25;
const perWorld = repositories * rounds;
const seeds =
  only === undefined
    ? Array.from({ length: Math.ceil(orders / perWorld) }, (_, at) => at + 1)
    : [Number(only)];

test(
  `${orders} random orders of doubled, late and lost webhooks end in the same state`,
  // Many times what they take on two cores with nothing else to do.
  { timeout: orders * 12_000 },
  async () => {
    const { template } = await sceneUpstreams(ordersStory);
    const upstreams = { template: await rememberedTemplate(template) };
    const expected = await expectedStates(upstreams);
    const fired = new Map<string, number>();
    let done = 0;
    for (const seed of seeds) {
      const world = await startOrdersWorld(upstreams, { seed, repositories });
      const random = seededRandom(seed);
      for (let round = 0; round < rounds && done < orders; round += 1) {
        const wishes = await playRound(world, random);
        for (const [at, name] of world.repositories.entries()) {
          const where = `seed ${seed}, round ${round + 1}, ${name}`;
          const wish = wishes[at];
          expect({ where, wish, state: await world.read(name) }).toEqual({
            ...{ where, wish, state: expected.get(JSON.stringify(wish)) },
          });
          done += 1;
        }
        if (round % 5 === 4) console.info(`${done} orders`);
      }
      expect(await world.writesOfSweep(), `seed ${seed}, swept again`).toEqual([]);
      await loseStore(world, seed);
      for (const [words, count] of world.github.faults.fired) {
        fired.set(words, (fired.get(words) ?? 0) + count);
      }
      await world.bot.stop(1000);
    }
    console.info(`${done} orders;`, Object.fromEntries(fired));
    for (const words of ['lost', 'vanished', 'doubled', 'reordered', 'delayed 1s']) {
      expect(fired.get(`webhook ${words}`), words).toBeGreaterThan(
        words === 'vanished' ? 0 : done / 10,
      );
    }
  },
);

/** An App that knows nothing finds everything as it should be. */
async function loseStore(world: OrdersWorld, seed: number): Promise<void> {
  const before = await Promise.all(world.repositories.map(world.read));
  const writes = world.github.requests.length;
  await world.loseStore();
  expect(await world.writesOfSweep(), `seed ${seed}, store lost`).toEqual([]);
  expect(world.github.requests.length).toBeGreaterThan(writes);
  expect(await Promise.all(world.repositories.map(world.read))).toEqual(before);
}

/** Without faults, of everything that people may wish for, by two ways each. */
async function expectedStates(
  upstreams: Pick<SceneUpstreams, 'template'>,
): Promise<ReadonlyMap<string, unknown>> {
  const world = await startOrdersWorld(upstreams, { seed: 1000, repositories: allWishes.length });
  const expected = new Map<string, unknown>();
  for (const turn of [0, 3]) {
    const wishes = [...allWishes.slice(turn), ...allWishes.slice(0, turn)];
    await Promise.all(world.repositories.map((name, at) => world.act(name, wishAt(wishes, at))));
    await world.settle();
    for (const [at, name] of world.repositories.entries()) {
      const key = JSON.stringify(wishes[at]);
      const state = await world.read(name);
      expect(state, `${name} ${key}`).toEqual(expected.get(key) ?? state);
      expected.set(key, state);
    }
  }
  await world.bot.stop(1000);
  return expected;
}

function wishAt(wishes: readonly Wish[], at: number): Wish {
  const wish = wishes[at];
  if (!wish) throw new Error('no wish');
  return wish;
}

const vanished = 'webhook vanished';

/** Gives what was wished for in each repository. */
async function playRound(world: OrdersWorld, random: () => number): Promise<readonly Wish[]> {
  const { github, gate, clock, settle, tick } = world;
  const { faults } = github;
  const wishes = world.repositories.map(() => wishFrom(random));
  function pick(below: number): number {
    return Math.floor(random() * below);
  }
  const before = faults.fired.get(vanished) ?? 0;
  gate.shut();
  // Only what the next sweep makes good anyway: of the others nobody would ever know.
  faults.plant({ hook: 'push', fault: 'vanished', chance: 0.02 });
  faults.plant({ hook: '*', fault: 'lost', chance: 0.15 });
  faults.plant({ hook: '*', fault: 'doubled', chance: 0.2 });
  faults.plant({ hook: '*', fault: 'reordered', chance: 0.2 });
  faults.plant({ hook: '*', fault: 'delayed 1s', chance: 0.4 });
  await Promise.all(world.repositories.map((name, at) => world.act(name, wishAt(wishes, at))));
  gate.open();
  while (clock.waiting() > world.repositories.length) {
    if (random() < 0.2) await sleep(pick(15));
    clock.letGo(pick);
  }
  await settle();
  faults.clear();
  await tick((faults.fired.get(vanished) ?? 0) > before);
  while (clock.waiting() > 0) clock.letGo(pick);
  await settle();
  return wishes;
}
