import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createLeanHeap } from './lean-heap.ts';

it('what is left of the first repositories goes with the fifth, each of them counted once', async () => {
  const left = new WeakRef({ bytes: new Uint8Array(1000) });
  const note = createLeanHeap();
  for (const name of ['nova', 'nova', 'glance', 'cinder', 'neutron', 'nova']) note(name);
  // What was made in a turn is there until it ends.
  await turn();
  expect(left.deref()).toBeDefined();
  await turn();
  note('keystone');
  expect(left.deref()).toBeUndefined();
});
