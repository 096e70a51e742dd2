// Loaded by `node --require` into a measured process: appends what it used as one line of JSON when it ends.
const { appendFileSync, readFileSync } = process.getBuiltinModule('node:fs');

/** Clock ticks a second in /proc, the same on every Linux that Node runs on. */
const ticks = 100;

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const own = /^VmHWM:\s*(\d+) kB$/m.exec(readQuietly('/proc/self/status'));
  const line = {
    pid: process.pid,
    cpuMs: (userCPUTime + systemCPUTime) / 1000 + childrenMs(),
    // Without /proc it is no less than its parent had when it started this process.
    peakMb: Number(own?.[1] ?? maxRSS) / 1024,
  };
  appendFileSync(process.env.PINWHEEL_BENCH_USAGE, `${JSON.stringify(line)}\n`);
});

/** Processor time of ended children, git above all; 0 where there is no /proc. */
function childrenMs() {
  const stat = readQuietly('/proc/self/stat');
  // Behind the name, which may hold spaces, cutime and cstime are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * 1000) / ticks;
}

/** @param {string} file */
function readQuietly(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
