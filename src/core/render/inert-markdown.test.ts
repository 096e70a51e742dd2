import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, it } from 'vitest';
import { inertMarkdown } from './inert-markdown.ts';

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly children?: readonly Node[];
}

function nodesOf(markdown: string): readonly Node[] {
  const tree = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  function all(node: Node): readonly Node[] {
    return [node, ...(node.children ?? []).flatMap(all)];
  }
  return all(tree);
}

/** What GitHub would act upon, outside of code. */
function actingTexts(markdown: string): readonly string[] {
  const acting = /@\w|#\d|\bGH-\d|\n\s*\/[a-z]|github\.com\//i;
  const nodes = nodesOf(markdown);
  const firsts = new Set(nodes.map(({ children }) => children?.[0]));
  return nodes.flatMap((node) => {
    const { type, value = '', url = '' } = node;
    const isCommand = firsts.has(node) && /^\s*\/[a-z]/i.test(value);
    const acts = type === 'text' && (acting.test(value) || isCommand);
    return acts || type === 'html' || url.includes('github.com') ? [value + url] : [];
  });
}

describe('inert Markdown', () => {
  it.each([
    ['@everyone and @acme/team', '`@everyone` and `@acme/team`'],
    ['Closes #1, fixes acme/images#2, GH-3', 'Closes `#1`, fixes `acme/images#2`, `GH-3`'],
    ['Closes #1GH-7', 'Closes `#1GH-7`'],
    ['@a<b>', '`@a` `<b>`'],
    ['/rebuild all', '`/rebuild` all'],
    ['see\n/rebuild all', 'see\n`/rebuild` all'],
    ['<img src=x onerror=alert(1)>', '```\n<img src=x onerror=alert(1)>\n```'],
    ['a <b>c</b>', 'a `<b>`c`</b>`'],
    ['# Big', '**Big**'],
    ['![a picture](https://example.org/x.png)', 'a picture'],
    ['by 0123456789abcdef', 'by `0123456789abcdef`'],
    ['[words](https://example.org/x)', '[words](https://example.org/x)'],
    ['[words](javascript:alert(1))', '`javascript:alert(1)`'],
    ['https://github.com/acme/images/issues/1', '`https://github.com/acme/images/issues/1`'],
  ])('makes %j inert', (text, inert) => {
    expect(inertMarkdown(text)).toBe(inert);
    expect(actingTexts(inertMarkdown(text))).toEqual([]);
  });

  it('keeps lists, code and tables', () => {
    const text = '- one @a\n- two\n\n```\n@b\n```\n\n| a |\n| - |\n| #1 |';
    expect(inertMarkdown(text)).toBe(
      '- one `@a`\n- two\n\n```\n@b\n```\n\n| a    |\n| ---- |\n| `#1` |',
    );
  });

  it('cuts what nobody reads to the end', () => {
    expect(inertMarkdown('word '.repeat(2000)).length).toBeLessThan(4_100);
  });

  it('leaves nothing that acts, whatever the text', () => {
    const part = fc.constantFrom(
      ...['@everyone', 'Closes #1', '/rebuild all', '<b>', '</details>', '`', '``', '~~~', '\n'],
      ...['\n\n', '- ', '> ', '# ', '![', '](', ')', '[x]: ', 'https://github.com/a/b', '\\', '*'],
      ...['&#64;a', '&commat;a', '|', 'a@b.org', ' ', 'GH-7', '<!--', '-->', '[^1]', '_'],
    );
    const text = fc.array(fc.oneof(part, fc.string({ maxLength: 4 })), { maxLength: 20 });
    fc.assert(
      fc.property(text, (parts) => {
        const inert = inertMarkdown(parts.join(''));
        expect(actingTexts(inert), JSON.stringify(inert)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
