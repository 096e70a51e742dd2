import { splitLines } from './text-lines.ts';

/*
 * A patch as lines in which each byte is one character: whatever encoding it has, what is not touched
 * stays as it is.
 */

/** Lines with their ends; joined again they are the patch. */
export function byteLines(bytes: Uint8Array): readonly string[] {
  return splitLines(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
}

export function lineBytes(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.join(''), 'latin1');
}
