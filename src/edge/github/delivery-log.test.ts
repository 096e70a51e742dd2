import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { githubCom, nockedApp, useNock } from '../../../test/support/nocked-github.ts';

useNock();

const path = '/app/hook/deliveries?per_page=100';
const noon = Date.parse('2026-01-05T12:00:00Z');

/** As GitHub lists it; `minutes` after noon. */
function attempt(id: number, guid: string, [minutes, status]: readonly [number, number]): object {
  const delivered_at = new Date(noon + minutes * 60_000).toISOString();
  return { id, guid, delivered_at, status_code: status, event: 'push', redelivery: false };
}

describe("GitHub's log of deliveries", () => {
  it('joins attempts across pages, and is read no further back than is asked for', async () => {
    function link(cursor: string) {
      return { link: `<${githubCom}${path}&cursor=${cursor}>; rel="next"` };
    }
    const first = [
      attempt(9, 'b', [50, 502]),
      attempt(8, 'a', [40, 200]),
      attempt(7, 'c', [30, 0]),
    ];
    const second = [
      attempt(6, 'b', [20, 500]),
      attempt(5, 'a', [10, 504]),
      attempt(4, 'd', [-1, 0]),
    ];
    nock(githubCom)
      .get(path)
      .reply(200, first, link('v1_1'))
      .get(`${path}&cursor=v1_1`)
      .reply(200, second, link('v1_2'));
    const found = await nockedApp().deliveries.since(noon);
    const shown = found.map(({ guid, id, arrived, attempts }) => ({ guid, id, arrived, attempts }));
    expect(shown).toEqual([
      { guid: 'b', id: 9, arrived: false, attempts: 2 },
      { guid: 'a', id: 8, arrived: true, attempts: 2 },
      { guid: 'c', id: 7, arrived: false, attempts: 1 },
    ]);
    expect(found[0]?.attemptedAt).toBe(noon + 50 * 60_000);
  });

  it('ends with its last page', async () => {
    nock(githubCom).get(path).reply(200, []);
    expect(await nockedApp().deliveries.since(0)).toEqual([]);
  });

  it('is asked for another attempt once, whatever comes of it', async () => {
    nock(githubCom).post('/app/hook/deliveries/9/attempts').reply(502);
    await expect(nockedApp().deliveries.redeliver(9)).rejects.toThrow('502');
  });
});
