import { WorldError } from '../../core/model/failures.ts';

/** Longest time that a download may take. */
const deadlineMs = 300_000;

/**
 * Reads what GitHub keeps elsewhere for a short time: the address holds all that is needed, so no token is
 * sent. False where it is gone. What is longer than the limit is cut.
 */
export async function download(
  url: string,
  most: number,
  tell: (bytes: Uint8Array) => void,
): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(deadlineMs) });
    if (answer.status === 404 || answer.status === 410) return false;
    if (!answer.ok || !answer.body) {
      throw new WorldError(`GitHub: a download: ${answer.status}`, 'try again later');
    }
    let left = most;
    for await (const bytes of answer.body as AsyncIterable<Uint8Array>) {
      tell(bytes.subarray(0, left));
      left -= bytes.byteLength;
      if (left <= 0) break;
    }
    return true;
  } catch (error) {
    if (error instanceof WorldError) throw error;
    // What fetch says may have the address in it, and that opens the file.
    throw new WorldError('GitHub: a download broke off', 'try again later');
  }
}
