import type { WriteStream } from 'node:tty';

/** Tells a person what is going on, on a line that is written over; says nothing to a file. */
export interface Progress {
  readonly report: (done: number, total: number, what: string) => void;
  /** A line that stays. */
  readonly notice: (line: string) => void;
  readonly clear: () => void;
}

export function createProgress(stream: WriteStream): Progress {
  function clear(): void {
    if (stream.isTTY) stream.write('\r\u001b[K');
  }
  return {
    report: (done, total, what) => {
      if (!stream.isTTY) return;
      const line = `${done}/${total} ${what}`;
      stream.write(`\r\u001b[K${line.slice(0, stream.columns - 1)}`);
    },
    notice: (line) => {
      clear();
      stream.write(`pinwheel: ${line}\n`);
    },
    clear,
  };
}
