import { describe, expect, it } from 'vitest';
import { readSavedWebhook } from './replay.ts';

describe('a webhook in a file', () => {
  it.each([
    ['a payload, with its event named', '{"ref":"x"}', 'push'],
    ['a payload with its event', '{"event":"push","payload":{"ref":"x"}}', undefined],
    ["a delivery of GitHub's log", '{"event":"push","request":{"payload":{"ref":"x"}}}', undefined],
  ])('may be %s', (_, text, event) => {
    expect(readSavedWebhook(text, event)).toEqual({ event: 'push', payload: '{"ref":"x"}' });
  });

  it.each([
    ['{"ref":"x"}', 'the file does not say which event it is of'],
    ['[]', 'the file holds no JSON object'],
    ['{"ref":', 'the file holds no JSON object'],
  ])('is refused as %s', (text, message) => {
    expect(() => readSavedWebhook(text, undefined)).toThrow(message);
  });
});
