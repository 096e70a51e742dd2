import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePackets, encodeLine, lineText } from './pkt-line.ts';

describe('a pkt-line', () => {
  it('comes back as it was sent', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (texts) => {
        const { packets, problem } = decodePackets(Buffer.from(texts.map(encodeLine).join('')));
        const payloads = packets.map((packet) =>
          packet.kind === 'line' ? packet.payload.toString() : packet.kind,
        );
        expect(payloads).toEqual(texts);
        expect(problem).toBeUndefined();
      }),
    );
  });

  it('counts bytes, not letters', () => {
    expect(encodeLine('é\n')).toBe('0007é\n');
  });

  it('refuses a text that does not fit', () => {
    expect(encodeLine('x'.repeat(65_516))).toHaveLength(65_520);
    expect(() => encodeLine('x'.repeat(65_517))).toThrow(RangeError);
  });

  it('knows flush, delimiter and end of response', () => {
    const { packets } = decodePackets(Buffer.from('000000010002'));
    expect(packets.map(({ kind }) => kind)).toEqual(['flush', 'delim', 'response-end']);
  });

  it('may be empty, and may lack its line end', () => {
    const { packets } = decodePackets(Buffer.from('00040006ab0007ab\n'));
    const texts = packets.map((packet) => packet.kind === 'line' && lineText(packet.payload));
    expect(texts).toEqual(['', 'ab', 'ab']);
  });
});

describe('hostile bytes', () => {
  it.each([
    ['0006ab0', 'bad packet length at byte 6'],
    ['0006ab00ffcut', 'the packet at byte 6 is cut short'],
    ['0003', 'bad packet length at byte 0'],
    ['fff5', 'bad packet length at byte 0'],
    ['-001', 'bad packet length at byte 0'],
    ['<!DOCTYPE html>', 'bad packet length at byte 0'],
  ])('in %j have a problem', (text, problem) => {
    expect(decodePackets(Buffer.from(text)).problem).toBe(problem);
  });

  it('never throw and never run for ever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { packets, problem } = decodePackets(Buffer.from(bytes));
        expect(packets.length).toBeLessThanOrEqual(bytes.length / 4);
        if (problem === undefined) expect(packets.length > 0).toBe(bytes.length > 0);
      }),
    );
  });
});
