import { exitCodes, explainFailure } from './exit.ts';
import { runProgram } from './program.ts';

async function main(): Promise<number> {
  try {
    return await runProgram(process.argv);
  } catch (error) {
    return explainFailure(error, {
      debug: process.argv.includes('--debug'),
      json: process.argv.includes('--json'),
    });
  }
}

// A reader that closes the pipe early (head, less) has seen all it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.fine : exitCodes.world);
});

process.exitCode = await main();
