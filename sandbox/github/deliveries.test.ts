import { describe, expect, it } from 'vitest';
import { manualClock } from './state/clock.ts';
import { listeningWorld } from './test-listener.ts';
import { appClient, expectNoViolations, refusal } from './test-world.ts';

describe('the delivery log', () => {
  it('has what failed, and delivers it again with the same GUID', async () => {
    const { github, app, received, alice } = await listeningWorld({}, [500, 200]);
    await alice.openIssue({ title: 'One' });
    await alice.openIssue({ title: 'Two' });
    await github.settled();
    const client = appClient(github, app);
    const { data: failures } = await client.apps.listWebhookDeliveries({ status: 'failure' });
    expect(
      failures.map(({ status_code, event, redelivery }) => [status_code, event, redelivery]),
    ).toEqual([[500, 'issues', false]]);
    const { data: detail } = await client.apps.getWebhookDelivery({ delivery_id: failures[0]!.id });
    expect(detail.request.payload).toMatchObject({ action: 'opened' });
    const again = await client.apps.redeliverWebhookDelivery({ delivery_id: failures[0]!.id });
    expect(again.status).toBe(202);
    await github.settled();
    const { data: all } = await client.apps.listWebhookDeliveries();
    expect(all.map(({ redelivery, guid }) => [redelivery, guid])).toEqual([
      [true, received[0]?.guid],
      [false, received[1]?.guid],
      [false, received[0]?.guid],
    ]);
    const none = client.apps.getWebhookDelivery({ delivery_id: 1 });
    expect(await refusal(none)).toMatch(/^404/);
    expectNoViolations(github);
  });

  it('is read by cursor, and forgets after three days', async () => {
    const clock = manualClock('2026-01-05T08:00:00Z');
    const { github, app, alice } = await listeningWorld({ clock });
    for (const title of ['a', 'b', 'c']) await alice.openIssue({ title });
    await github.settled();
    const client = appClient(github, app);
    const pages = await client.paginate('GET /app/hook/deliveries', { per_page: 2 });
    expect(pages).toHaveLength(3);
    clock.advance(3 * 86_400_000);
    expect((await client.apps.listWebhookDeliveries()).data).toEqual([]);
    expectNoViolations(github);
  });

  it('says that an App did not answer in time, or was not there', async () => {
    const { github, app, alice } = await listeningWorld({ webhookTimeout: 50 }, [0]);
    await alice.openIssue({ title: 'a' });
    await github.settled();
    github.setWebhook(app, 'http://127.0.0.1:9/');
    await alice.openIssue({ title: 'b' });
    await github.settled();
    const log = github.deliveries(app).map(({ result }) => `${result.statusCode} ${result.status}`);
    expect(log).toEqual(['502 failed to connect to host', '504 timed out']);
  });
});

describe('a fault of webhooks', () => {
  it.each([
    ['lost', ['issues.opened b'], 2],
    ['vanished', ['issues.opened b'], 1],
    ['doubled', ['issues.opened a', 'issues.opened a', 'issues.opened b'], 2],
    ['reordered', ['issues.opened b', 'issues.opened a'], 2],
  ] as const)('can be %s', async (fault, expected, logged) => {
    const { github, app, received, alice } = await listeningWorld();
    github.faults.plant({ hook: 'issues.opened', fault });
    await alice.openIssue({ title: 'a' });
    await alice.openIssue({ title: 'b' });
    await github.settled();
    const titles = received.map(({ name, text }) => {
      return `${name} ${(JSON.parse(text) as { issue: { title: string } }).issue.title}`;
    });
    expect(titles).toEqual(expected);
    expect(github.deliveries(app)).toHaveLength(logged);
    expect(github.faults.summary()).toBe(`webhook ${fault} × 1`);
  });

  it('can be a delay, by the clock', async () => {
    const clock = manualClock('2026-01-05T08:00:00Z');
    const { github, names, alice } = await listeningWorld({ clock });
    github.faults.plant({ hook: '*', fault: 'delayed 30s' });
    await alice.openIssue({ title: 'a' });
    expect(await names()).toEqual([]);
    clock.advance(29_999);
    expect(await names()).toEqual([]);
    clock.advance(1);
    expect(await names()).toEqual(['issues.opened']);
    expect(github.faults.fired.get('webhook delayed 30s')).toBe(1);
  });
});
