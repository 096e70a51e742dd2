import type { IncomingMessage } from 'node:http';

/** What a body may weigh. */
export interface BodyLimits {
  /** Bytes of one. */
  readonly most: number;
  /** Bytes of all that are being read: nobody has proved yet who they are. */
  readonly mostTogether: number;
}

export const usualBodyLimits: BodyLimits = {
  // GitHub sends nothing larger.
  most: 25 * 1024 * 1024,
  mostTogether: 256 * 1024 * 1024,
};

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  /** Too much is being read at the moment. */
  | { readonly kind: 'too-busy' }
  /** The other side went away. */
  | { readonly kind: 'cut-off' };

/** Reads bodies, within limits that hold for what really comes and not only for what is announced. */
export function createBodyReader(limits: BodyLimits): (request: IncomingMessage) => Promise<Body> {
  let together = 0;
  return async (request) => {
    if (Number(request.headers['content-length'] ?? 0) > limits.most) return { kind: 'too-large' };
    const chunks: Buffer[] = [];
    let size = 0;
    const { promise, resolve } = Promise.withResolvers<Body>();
    function take(chunk: Buffer): void {
      size += chunk.length;
      together += chunk.length;
      if (size > limits.most) resolve({ kind: 'too-large' });
      else if (together > limits.mostTogether) resolve({ kind: 'too-busy' });
      else chunks.push(chunk);
    }
    function end(): void {
      resolve({ kind: 'whole', bytes: Buffer.concat(chunks, size) });
    }
    function cut(): void {
      resolve({ kind: 'cut-off' });
    }
    request.on('data', take).once('end', end).once('close', cut).once('error', cut);
    try {
      return await promise;
    } finally {
      together -= size;
      request.off('data', take).off('end', end);
      // What still comes is read and dropped, so that the other side gets to read our answer.
      request.resume();
    }
  };
}
