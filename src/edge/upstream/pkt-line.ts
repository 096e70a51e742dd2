/** One packet of git's wire format. */
export type Packet =
  | { readonly kind: 'line'; readonly payload: Buffer }
  | { readonly kind: 'flush' }
  | { readonly kind: 'delim' }
  | { readonly kind: 'response-end' };

export interface DecodedPackets {
  readonly packets: readonly Packet[];
  /** Why decoding stopped before the end of the bytes, where it did. */
  readonly problem?: string;
}

export const flushPacket = '0000';
export const delimPacket = '0001';

const headerLength = 4;
/** LARGE_PACKET_MAX of git: header and payload together. */
const maxPacketLength = 65_520;

/** A line with its length in front. Throws for a text that no packet can hold, which is a fault of ours. */
export function encodeLine(text: string): string {
  const length = Buffer.byteLength(text) + headerLength;
  if (length > maxPacketLength) {
    throw new RangeError(`a pkt-line holds ${maxPacketLength - headerLength} bytes, not ${length}`);
  }
  return length.toString(16).padStart(headerLength, '0') + text;
}

/** Splits bytes into packets; hostile bytes give the packets before them and a problem. */
export function decodePackets(bytes: Buffer): DecodedPackets {
  const packets: Packet[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const header = bytes.toString('latin1', offset, offset + headerLength);
    const length = readLength(header);
    if (length === undefined) return { packets, problem: `bad packet length at byte ${offset}` };
    const end = offset + Math.max(length, headerLength);
    if (end > bytes.length)
      return { packets, problem: `the packet at byte ${offset} is cut short` };
    packets.push(packetOf(length, bytes.subarray(offset + headerLength, end)));
    offset = end;
  }
  return { packets };
}

function readLength(header: string): number | undefined {
  if (!/^[0-9a-f]{4}$/i.test(header)) return undefined;
  const length = Number.parseInt(header, 16);
  return length === 3 || length > maxPacketLength ? undefined : length;
}

function packetOf(length: number, payload: Buffer): Packet {
  switch (length) {
    case 0:
      return { kind: 'flush' };
    case 1:
      return { kind: 'delim' };
    case 2:
      return { kind: 'response-end' };
    default:
      return { kind: 'line', payload };
  }
}

/** The text of a line without its line end, which senders may leave out. */
export function lineText(payload: Buffer): string {
  const end = payload.at(-1) === 0x0a ? payload.length - 1 : payload.length;
  return payload.toString('utf8', 0, end);
}
