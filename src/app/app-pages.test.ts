import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { placeWithApp, startIdleApp, untilIdle } from '../../test/support/running-app.ts';
import type { IdleApp, Place, TestAppOptions } from '../../test/support/running-app.ts';
import { useStore } from '../../test/support/store.ts';

const used = useStore();

function start(here: Place, options: Partial<TestAppOptions> = {}): Promise<IdleApp> {
  return startIdleApp({ ...here, databaseUrl: used.url, ...options });
}

async function get(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

describe('the pages', () => {
  it('say that it lives, whether it is ready, and what it is', async () => {
    const here = await placeWithApp();
    const app = await start(here);
    expect(await get(`${app.url}/healthz`)).toEqual({ status: 200, text: 'ok\n' });
    await app.until(async () => (await get(`${app.url}/readyz`)).status === 200);
    const { text } = await get(app.url);
    expect(text).toContain('It runs.');
    expect(text).toContain(`href="${here.github.webUrl}/apps/pinwheel"`);
    expect((await get(`${app.url}/metrics`)).status).toBe(404);
  });

  it('are not ready while GitHub does not know the App', async () => {
    const here = await placeWithApp();
    const app = await start(here, { config: { appId: 4711 } });
    await app.until(() => app.said('GitHub does not say who this App is').length > 0);
    expect(await get(`${app.url}/readyz`)).toMatchObject({
      status: 503,
      text: '{"ready":false,"wrong":["GitHub has not said yet who this App is"]}',
    });
  });

  it('have numbers, on a port of their own', async () => {
    const here = await placeWithApp();
    const app = await start(here);
    await app.until(() => app.ran.length > 0);
    await untilIdle(app);
    const { text } = await get(`${String(app.metricsUrl)}/metrics`);
    expect(text).toContain('pinwheel_store_up 1');
    expect(text).toContain('pinwheel_job_seconds_count{kind="sweep",outcome="done"} 1');
    expect(text).toMatch(
      /pinwheel_job_seconds_count\{kind="recover-deliveries",outcome="nothing"\} 1/,
    );
  });
});

describe('a start that fails', () => {
  it('says why, and leaves nothing behind', async () => {
    const here = await placeWithApp();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await expect(start(here, { config: { port } })).rejects.toThrow(
      `cannot listen on 127.0.0.1 port ${port}: something else listens there`,
    );
  });
});
