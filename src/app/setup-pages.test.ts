import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveSetup } from './setup-pages.ts';
import type { SetupOptions, SetupPages } from './setup-pages.ts';

/** What of GitHub the flow needs: it gives an App for one code, once. */
async function smallGitHub(): Promise<string> {
  let left = 1;
  const server = createServer((request, response) => {
    const good =
      request.method === 'POST' && request.url === '/api/v3/app-manifests/good/conversions';
    const app = {
      ...{ id: 42, slug: 'pinwheel-acme', name: 'Pinwheel of Acme', pem: 'KEY' },
      ...{ webhook_secret: 'SECRET', html_url: 'https://github.example.org/apps/pinwheel-acme' },
    };
    const body = good && left-- > 0 ? app : { message: 'Not Found' };
    response.writeHead('id' in body ? 201 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function setup(more: Partial<SetupOptions> = {}): Promise<SetupPages> {
  const webUrl = await smallGitHub();
  const pages = await serveSetup({
    ...{ webUrl, apiUrl: `${webUrl}/api/v3`, port: 0, publicUrl: 'https://pinwheel.example.org' },
    ...more,
  });
  pages.made.catch(() => undefined);
  onTestFinished(() => pages.stop());
  return pages;
}

interface Form {
  readonly action: URL;
  readonly manifest: Readonly<Record<string, unknown>>;
}

async function form({ url }: SetupPages): Promise<Form> {
  const text = await (await fetch(url)).text();
  const [, action = ''] = /action="([^"]+)"/.exec(text) ?? [];
  const [, value = ''] = /name="manifest" value="([^"]+)"/.exec(text) ?? [];
  const manifest = JSON.parse(value.replaceAll('&quot;', '"')) as Form['manifest'];
  return { action: new URL(action), manifest };
}

async function comeBack(pages: SetupPages, query: string): Promise<number> {
  return (await fetch(`${pages.url}/created?${query}`)).status;
}

describe('the page that makes an App', () => {
  it('sends GitHub what app.yml says, and where the App will be', async () => {
    const pages = await setup({ organization: 'acme', name: 'Pinwheel of Acme' });
    const { action, manifest } = await form(pages);
    expect(action.pathname).toBe('/organizations/acme/settings/apps/new');
    expect(manifest).toMatchObject({
      name: 'Pinwheel of Acme',
      public: false,
      url: 'https://pinwheel.example.org',
      hook_attributes: { url: 'https://pinwheel.example.org/api/github/webhooks', active: true },
      redirect_url: `${pages.url}/created`,
      default_permissions: {
        metadata: 'read',
        contents: 'write',
        pull_requests: 'write',
        issues: 'write',
        checks: 'write',
      },
    });
    expect(manifest['default_permissions']).not.toHaveProperty('workflows');
  });

  it('gives the App for the code that comes back with its own state', async () => {
    const pages = await setup();
    const { action } = await form(pages);
    expect(action.pathname).toBe('/settings/apps/new');
    const state = action.searchParams.get('state') ?? '';
    expect(await comeBack(pages, `code=good&state=${state}`)).toBe(200);
    expect(await pages.made).toEqual({
      id: 42,
      name: 'Pinwheel of Acme',
      privateKey: 'KEY',
      webhookSecret: 'SECRET',
      page: 'https://github.example.org/apps/pinwheel-acme',
    });
  });

  it('takes no code that was not asked for here, and goes on waiting', async () => {
    const pages = await setup();
    const state = (await form(pages)).action.searchParams.get('state') ?? '';
    expect(await comeBack(pages, 'code=good&state=guessed')).toBe(400);
    expect(await comeBack(pages, `state=${state}`)).toBe(400);
    expect(await comeBack(pages, `code=../x&state=${state}`)).toBe(400);
    expect(await comeBack(pages, `code=good&state=${state}`)).toBe(200);
  });

  it('says where GitHub does not give it', async () => {
    const pages = await setup();
    const state = (await form(pages)).action.searchParams.get('state') ?? '';
    expect(await comeBack(pages, `code=bad&state=${state}`)).toBe(502);
    await expect(pages.made).rejects.toThrow(
      'GitHub does not give the App that it made: Not Found',
    );
  });
});
