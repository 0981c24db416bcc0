import assert from 'node:assert/strict';
import fc from 'fast-check';
import { listScripts } from '../../../../../src/core/publish/checks/baseline/html';

const read = (html: string): string[] =>
  listScripts(html).map(
    ({ kind, codeStart, codeEnd }) => `${kind}:${html.slice(codeStart, codeEnd)}`,
  );

describe('scripts of a page', () => {
  const pages: [what: string, html: string, ...found: string[]][] = [
    ['no scripts', '<!doctype html><p>a < b</p>'],
    ['inline scripts', '<script>a</script>\n<SCRIPT >b</SCRIPT\n>', 'classic:a', 'classic:b'],
    [
      'script files',
      '<script src="a.js"></script><script src=b.js>ignored</script>',
      'classic:',
      'classic:',
    ],
    [
      'modules',
      `<script type="module">a</script><script src=m.js type='Module'></script>`,
      'module:a',
      'module:',
    ],
    [
      'all JavaScript types',
      '<script type="">a</script><script type="text/javascript">b</script><script type=application/ecmascript>c</script><script type>d</script>',
      'classic:a',
      'classic:b',
      'classic:c',
      'classic:d',
    ],
    [
      'no data blocks',
      '<script type="application/json">{}</script><script type="importmap">{}</script><script type=text/template><b></script>',
    ],
    [
      'none in comments',
      '<!-- <script>a</script> --><script>b</script><!--><script>c</script><!-- never closed <script>d</script>',
      'classic:b',
      'classic:c',
    ],
    [
      'none in text',
      '<style><script>a</script></style><textarea><script></textarea><title><script></title><script>b</script>',
      'classic:b',
    ],
    [
      'with any kind of attribute',
      `<script defer data-a='>' data-b=">" x=1 / async>a</script>`,
      'classic:a',
    ],
    [
      'by the first of two types',
      '<script type=module type=text/javascript>a</script>',
      'module:a',
    ],
    ['with markup in the code', '<script>if (a<b) c("<p>")</script>', 'classic:if (a<b) c("<p>")'],
    ['without an end tag', '<script>a', 'classic:a'],
    ['none in a truncated tag', '<p><script type="modu'],
    [
      'none that browsers with scripting never run',
      '<noscript><script>a</script></noscript><template><script>b</script><template></template><script>c</script></template><iframe><script>d</script></iframe><script>e</script>',
      'classic:e',
    ],
    [
      'none in a CDATA section of SVG',
      '<svg><script><![CDATA[ a < b ]]></script><script href="c.js"/></svg><script>d</script><svg/><script>e</script>',
      'classic:',
      'classic:d',
      'classic:e',
    ],
    [
      'the languages of JavaScript',
      '<script language="VBScript">a</script><script language="JavaScript">b</script><script language="javascript1.2">c</script><script type="text/javascript" language="vbscript">d</script><script type="" language="vbscript">e</script>',
      'classic:b',
      'classic:c',
      'classic:d',
      'classic:e',
    ],
    ['elements of other names', '<scripted>a</scripted><script-x>b</script-x>'],
  ];
  for (const [what, html, ...found] of pages) {
    it(`are found: ${what}`, () => assert.deepEqual(read(html), found));
  }

  it('are found in any text in bounded time', () => {
    const piece = fc.constantFrom(
      ...'<script|</script|<!--|-->|>|/|=|"|\'| |type|module|src|a|<|<style|</style>|\n|\0|é'.split(
        '|',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const html = pieces.join('');
        let last = 0;
        for (const { start, codeStart, codeEnd } of listScripts(html)) {
          assert.ok(last <= start && start < codeStart && codeStart <= codeEnd);
          last = codeEnd;
        }
      }),
    );
    for (const text of ['<script ', '<!--', '<script a="', '<style>', '<script>']) {
      listScripts(text.repeat(50_000));
    }
  });
});
