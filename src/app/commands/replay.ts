import { readFile } from 'node:fs/promises';
import { UserError } from '../../core/model/failures.ts';
import { readWebhook } from '../../core/formats/webhook.ts';
import type { CommonOptions } from '../common.ts';
import { readConfig } from '../config.ts';
import { exitCodes, explainMistakes } from '../exit.ts';
import { printError, printJson, printLine } from '../output.ts';
import { readSavedWebhook, replay } from '../replay.ts';

interface ReplayOptions {
  readonly event?: string;
  readonly to?: string;
}

export async function runReplay(
  common: CommonOptions,
  path: string,
  options: ReplayOptions,
): Promise<number> {
  const webhook = readSavedWebhook(await textOf(path), options.event);
  const read = await readConfig(process.env);
  if (!read.ok) return explainMistakes(read.mistakes, common);
  const { config } = read;
  const to = (options.to ?? `http://127.0.0.1:${config.port}`).replace(/\/+$/, '');
  const done = await replay({ config, to, webhook });
  const meaning = readWebhook(webhook.event, JSON.parse(webhook.payload));
  const asks = meaning.kind === 'unwanted' ? `it asks for nothing: ${meaning.why}` : meaning.kind;
  if (common.json) printJson({ ...done, event: webhook.event, asks });
  else if (done.status < 400) printLine(`taken as delivery ${done.delivery} (${asks})`);
  else printError(`pinwheel: ${to} answered ${done.status}: ${done.said}`);
  return done.status < 400 ? exitCodes.fine : exitCodes.world;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UserError(`${path} cannot be read`, 'name a file with the payload of a webhook');
  }
}
