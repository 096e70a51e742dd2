import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './markdown.ts';
import { keepSafe } from './safe-html.ts';

describe('Markdown', () => {
  it('has tables, alerts, folded details and tasks', () => {
    const text = [
      '| a | b |\n| --- | ---: |\n| 1 | 2 |',
      '> [!WARNING]\n> Careful',
      '<details><summary>More</summary>\n\n- [x] done\n\n</details>',
    ].join('\n\n');
    expect(renderMarkdown(text)).toBe(
      [
        '<table>\n<thead>\n<tr>\n<th>a</th>\n<th align="right">b</th>\n</tr>\n</thead>',
        '<tbody>\n<tr>\n<td>1</td>\n<td align="right">2</td>\n</tr>\n</tbody>\n</table>',
        '<blockquote class="alert warning">\n<p><strong>Warning</strong><br>Careful</p>\n</blockquote>',
        '<details><summary>More</summary>',
        '<ul>\n<li><input type="checkbox" disabled="" checked="" /> done</li>\n</ul>\n</details>',
      ].join('\n'),
    );
  });

  it('shows which names and numbers are live', () => {
    expect(renderMarkdown('@ops see #12, not `@code #1` nor [@link](http://x/)')).toBe(
      '<p><a class="mention" href="/ops">@ops</a> see <a class="mention" href="../issues/12">#12</a>, ' +
        'not <code>@code #1</code> nor <a href="http://x/">@link</a></p>',
    );
  });

  it('drops comments, and writes out what could do harm', () => {
    expect(renderMarkdown('a <!-- marker --> b')).toBe('<p>a  b</p>');
    expect(renderMarkdown('<script>alert(1)</script>')).toBe(
      '&lt;script&gt;alert(1)&lt;/script&gt;',
    );
    expect(renderMarkdown('[x](javascript:alert(1))')).toBe('<p><a href="">x</a></p>');
  });

  it('keeps no attribute but the harmless ones', () => {
    expect(keepSafe('<a href="https://x/" onclick="y()" style=z>')).toBe('<a href="https://x/">');
    expect(keepSafe("<a href='javascript:x'><IMG src=data:x alt=y>")).toBe('<a><img alt="y">');
    expect(keepSafe('<details open ontoggle=x></details></div>')).toBe(
      '<details open=""></details>&lt;/div&gt;',
    );
    expect(keepSafe('<b <script>')).toBe('&lt;b &lt;script&gt;');
  });

  it('never lets an element or a handler through, whatever it is given', () => {
    const bits = fc.constantFrom(
      ...['<', '>', '"', "'", '/', ' ', '=', '&', '<!--', '-->', '\n', '`', '#'],
      ...['script', 'svg', 'a', 'details', 'href', 'onload', 'javascript:', 'x', '<b', '</'],
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 30 }), (parts) => {
        const rendered = renderMarkdown(parts.join(''));
        const tags = [...rendered.matchAll(/<\/?([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi)];
        for (const [, name, attributes = ''] of tags) {
          expect(name).not.toMatch(/^(script|svg|iframe|style|form|object)$/i);
          expect(attributes.replace(/"[^"]*"/g, '""')).not.toMatch(/\bon\w+=/i);
          expect(attributes).not.toMatch(/(href|src)="\s*javascript:/i);
        }
      }),
    );
  });
});
