import { existsSync } from 'node:fs';
import { UserError } from '../../core/model/failures.ts';
import type { CommonOptions } from '../common.ts';
import { dataFolder } from '../config.ts';
import { exitCodes } from '../exit.ts';
import { gitHubUrls } from '../github-urls.ts';
import type { GitHubUrls } from '../github-urls.ts';
import { printJson, printLine } from '../output.ts';
import { setupFile, writeSetupFile } from '../setup-file.ts';
import { serveSetup } from '../setup-pages.ts';
import type { MadeApp } from '../setup-pages.ts';

interface SetupCommand {
  /** Where GitHub is to reach the App. */
  readonly url: string;
  readonly github?: string;
  readonly organization?: string;
  readonly name?: string;
  readonly port: string;
}

export async function runSetup({ json }: CommonOptions, command: SetupCommand): Promise<number> {
  const dataDir = dataFolder(process.env);
  if (existsSync(setupFile(dataDir))) {
    throw new UserError(
      `${setupFile(dataDir)} has an App already`,
      'remove that file to make another, or set PINWHEEL_DATA_DIR',
    );
  }
  const urls = urlsOf(command.github);
  const { organization, name } = command;
  const pages = await serveSetup({
    ...urls,
    port: portOf(command.port),
    publicUrl: publicUrlOf(command.url),
    ...(organization !== undefined && { organization: loginOf(organization) }),
    ...(name !== undefined && { name }),
  });
  try {
    if (!json) printLine(`Open ${pages.url} in a browser on this machine.`);
    const app = await pages.made;
    const path = await writeSetupFile(dataDir, settingsOf(app, urls));
    if (json) printJson({ app: { id: app.id, name: app.name, page: app.page }, file: path });
    else
      printLine(
        `${app.name} is made; its key is in ${path}.\nNext: pinwheel serve, then install it: ${app.page}`,
      );
    return exitCodes.fine;
  } finally {
    await pages.stop();
  }
}

/** By the names that the environment has for them; GitHub's own addresses need not be said. */
function settingsOf(
  app: MadeApp,
  { apiUrl, webUrl }: GitHubUrls,
): Readonly<Record<string, string>> {
  return {
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: app.webhookSecret,
    ...(webUrl === 'https://github.com' ? {} : { GITHUB_API_URL: apiUrl, GITHUB_WEB_URL: webUrl }),
  };
}

function urlsOf(github: string | undefined): GitHubUrls {
  const { GITHUB_API_URL: api, GITHUB_WEB_URL: web } = process.env;
  const urls =
    github === undefined
      ? gitHubUrls(api || undefined, web || undefined)
      : gitHubUrls(undefined, github);
  if ('webUrl' in urls) return urls;
  throw new UserError(`${urls.name} ${urls.what}`, urls.remedy);
}

function publicUrlOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
  throw new UserError(`--url ${text} is no URL`, 'write it as https://pinwheel.example.org');
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UserError(`--port ${text} is no port`, 'write a number up to 65535');
}

function loginOf(text: string): string {
  if (/^[A-Za-z0-9-]{1,39}$/.test(text)) return text;
  throw new UserError(`--organization ${text} is no name of an organization`, 'write its login');
}
