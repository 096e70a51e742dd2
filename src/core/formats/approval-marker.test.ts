import { expect, it } from 'vitest';
import { approvalMarker, isApproved } from './approval-marker.ts';

const commit = 'a'.repeat(40);
const topic = '<!-- pinwheel:topic command-7 -->';

it('is found at the end of a reply, for that commit alone', () => {
  const body = `For alice:\n\n🚀 done\n\n${approvalMarker(commit)}\n\n${topic}\n`;
  expect(isApproved(['x', body], commit)).toBe(true);
  expect(isApproved([body.replaceAll('\n', '\r\n').trimEnd()], commit)).toBe(true);
  expect(isApproved([body], 'b'.repeat(40))).toBe(false);
});

it('is not taken from what a reply quotes', () => {
  const quoted = `\`\`\`text\n\n${approvalMarker(commit)}\n\n${topic}\n\`\`\`\n\n${topic}\n`;
  expect(
    isApproved(
      [quoted, approvalMarker(commit), `${approvalMarker(commit)}\n\nmore\n\n${topic}`],
      commit,
    ),
  ).toBe(false);
});
