import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOurEvent } from '../core/formats/webhook.ts';
import { appManifest } from './app-manifest.ts';

const places = { publicUrl: 'https://x', redirectUrl: 'http://127.0.0.1/created' };

describe('app.yml', () => {
  it('asks for the events that are worked on, and for no other', async () => {
    const { default_events: events } = await appManifest(places);
    expect(events.filter((event) => !isOurEvent(event))).toEqual([]);
    expect(events).toEqual([
      ...['push', 'pull_request', 'merge_group', 'check_run', 'check_suite'],
      ...['issue_comment', 'workflow_run', 'workflow_job'],
    ]);
  });

  it('has exactly the permissions that tokens are asked for with, and what an event needs', async () => {
    const { default_permissions: granted } = await appManifest(places);
    const source = await readFile(join(import.meta.dirname, '../edge/github/app.ts'), 'utf8');
    const blocks = [...source.matchAll(/const (?:permissions|actionsPermissions) = \{([^}]+)\}/g)];
    const asked = blocks.flatMap(([, block = '']) =>
      [...block.matchAll(/(\w+): '(\w+)'/g)].map(([, name, level]) => [name, level]),
    );
    // Without it GitHub does not tell of merge groups; nothing is asked for with it.
    const toHear = { merge_queues: 'read' };
    expect({ ...Object.fromEntries(asked), ...toHear }).toEqual(granted);
  });
});
