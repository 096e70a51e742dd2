import { join } from 'node:path';
import { imagesRepository } from '../../../sandbox/demo.ts';
import type { BotLine } from '../../../sandbox/demo-bot.ts';
import { openStage } from '../../../sandbox/demo-stage.ts';
import type { DemoStage } from '../../../sandbox/demo-stage.ts';
import { appManifest } from '../app-manifest.ts';
import type { CommonOptions } from '../common.ts';
import { exitCodes } from '../exit.ts';
import { printError, printLine, printTables } from '../output.ts';
import { webhookPath } from '../webhook-door.ts';
import { redPulls } from './demo-builds.ts';
import { imagesOf, laneOf, pullTable } from './demo-look.ts';
import type { SeenPull } from './demo-look.ts';
import { playStory } from './demo-play.ts';
import type { Played } from './demo-play.ts';
import { createTeller } from './demo-teller.ts';

/** The root of this repository, which is also the images repository that the demo copies. */
const root = join(import.meta.dirname, '..', '..', '..');

/** What shells take for the end by Ctrl-C. */
const interrupted = 130;

/** The App's whole story on loopback, with nothing to configure. With `once` it ends by itself. */
export async function runDemo(
  _common: CommonOptions,
  { once }: { readonly once?: true },
): Promise<number> {
  const signal = stopSignal();
  const stage: { open?: DemoStage } = {};
  try {
    printLine('A small GitHub, small upstreams, and the real bot: all on this machine.\n');
    stage.open = await raise(signal, once === true ? 1.5 : 4);
    const played = await playOn(stage.open, { stop: signal, commands: once === true });
    await printTables([pullTable(played.pulls)]);
    mustBeAsDescribed(played);
    if (once !== true) await stayUp(stage.open, played, signal);
    else printLine('The end. Without --once it stays up, to be looked at in a browser.');
    return exitCodes.fine;
  } catch (error) {
    if (signal.aborted) return interrupted;
    explain(error, stage.open);
    return exitCodes.findings;
  } finally {
    await stage.open?.close();
  }
}

async function raise(signal: AbortSignal, buildSeconds: number): Promise<DemoStage> {
  const manifest = await appManifest({ publicUrl: 'http://127.0.0.1', redirectUrl: '' });
  const { name, description, default_permissions, default_events: events } = manifest;
  return openStage({
    ...{ source: root, cli: join(root, 'src', 'app', 'cli.ts'), webhookPath, signal, buildSeconds },
    app: { name, description, events, permissions: default_permissions },
  });
}

function playOn(
  stage: DemoStage,
  { stop, commands }: { readonly stop: AbortSignal; readonly commands: boolean },
): Promise<Played> {
  const failed = stage.bot.said(() => false);
  // Heard by each step; at the end it comes too late for anybody.
  failed.catch(() => undefined);
  const teller = createTeller({ stream: process.stdout, stop, failed });
  return playStory(stage, teller, { commands });
}

/** A defect, of the bot or of the small GitHub. */
function mustBeAsDescribed({ violations }: Played): void {
  if (violations.length > 0) {
    throw new Error(`it was not as GitHub describes its API: ${violations.join('; ')}`);
  }
  printLine(
    "\nAll that the bot asked, and all answers, were as GitHub's own description has them.",
  );
}

/** Ctrl-C comes from the terminal and once more by way of npm; the first one counts. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      controller.abort();
    });
  }
  return controller.signal;
}

async function stayUp(
  { github, bot }: DemoStage,
  { botUrl, pulls }: Played,
  signal: AbortSignal,
): Promise<void> {
  const pages = `${github.webUrl}/${imagesRepository}`;
  const draft = pulls.find(({ draft }) => draft);
  const wrong = pulls.find((pull) => laneOf(pull) === undefined && pull.state === 'open');
  const [one, several] = redPulls(pulls);
  const check = several && imagesOf(several);
  const places = [
    ['the pull requests', `${pages}/pulls`],
    ...page('a patch that a person has to mend', pages, draft),
    ...page('a pin that does not belong there', pages, wrong),
    ...page('comment here: /rebuild nova 2025.2', pages, one),
    ...(check ? [['press here: Rebuild failed', `${pages}/runs/${check.id}`]] : []),
    ['what was built', `${pages}/actions`],
    ['the App on GitHub', `${github.webUrl}/apps/pinwheel`],
    ['the App itself', botUrl],
  ];
  printLine('\nTo be opened in a browser:');
  for (const [what = '', url = ''] of places) printLine(`  ${what.padEnd(36)}${url}`);
  printLine(
    '\nThe pages follow what happens. Buttons work, and the bot answers to them and to comments: try /help.\nCtrl-C ends it all, and leaves nothing behind.',
  );
  await Promise.race([aborted(signal), bot.said(() => false)]).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  printLine('');
}

function page(what: string, pages: string, pull: SeenPull | undefined): readonly string[][] {
  return pull ? [[what, `${pages}/pull/${pull.number}`]] : [];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** The reason in one line, and below it what the bot said last. */
function explain(error: unknown, stage: DemoStage | undefined): void {
  const why = error instanceof Error ? error.message : String(error);
  printError(`pinwheel: the demo did not come to its end: ${why}`);
  const last = stage?.bot.lines.slice(-mostLines) ?? [];
  if (last.length > 0) printError("The bot's log ends with:");
  for (const line of last) printError(`  ${botWords(line).slice(0, 300)}`);
}

const mostLines = 8;

/** A line of the log as a person reads it. */
function botWords({ level, msg, what, event, done, why, err }: BotLine): string {
  const error = typeof err === 'object' && err !== null && 'message' in err ? err.message : '';
  const details = [what ?? event, done ?? why, error].filter((one) => typeof one === 'string');
  return [level, msg, ...details.filter((one) => one !== '')].join(' · ');
}
