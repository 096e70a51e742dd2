import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeZip } from '../../../sandbox/github/actions/zip.ts';
import { fileInZip } from './zip.ts';

const text = '{"service":"nova"}';

it('reads a file of an archive by its name, and no longer one than is allowed', () => {
  const zip = makeZip({ 'a.txt': 'a', 'result.json': text });
  expect(Buffer.from(fileInZip(zip, 'result.json', 100) ?? []).toString()).toBe(text);
  expect(fileInZip(zip, 'result.json', 5)).toBeUndefined();
  expect(fileInZip(zip, 'b.txt', 100)).toBeUndefined();
});

it('unpacks what is compressed, and stops at the limit whatever the archive says', () => {
  const packed = deflateRawSync(Buffer.alloc(1_000_000));
  const zip = makeZip({ bomb: packed });
  const entry = zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  zip.writeUInt16LE(8, entry + 10);
  zip.writeUInt32LE(10, entry + 24);
  expect(fileInZip(zip, 'bomb', 1000)).toBeUndefined();
  expect(fileInZip(zip, 'bomb', 2_000_000)?.byteLength).toBe(1_000_000);
});

it('takes damage of any kind for nothing', () => {
  const zip = makeZip({ 'result.json': text });
  fc.assert(
    fc.property(
      fc.nat(zip.byteLength - 1),
      fc.nat(255),
      fc.nat(zip.byteLength),
      (...[at, byte, cut]) => {
        const damaged = Buffer.from(zip);
        damaged[at] = byte;
        fileInZip(damaged, 'result.json', 100);
        fileInZip(damaged.subarray(0, cut), 'result.json', 100);
      },
    ),
  );
  expect(fileInZip(Buffer.alloc(0), 'x', 1)).toBeUndefined();
});
