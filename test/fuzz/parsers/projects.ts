import assert from 'node:assert/strict';
import { findPageReferences } from '../../../src/core/publish/checks/pageReferences';
import { parsePackageScripts } from '../../../src/core/publish/project/packageScripts';
import { findPublishBuild } from '../../../src/core/publish/project/publishScript';
import { json, plain, type Parser } from '../parser';

const PAGE = `<!doctype html><base href="./"><link rel=stylesheet href='style.css'><!-- <img src=x> -->
<noscript><img src=a></noscript><script type="module" src="app.js" defer></script><img alt="" src=b.png>`;

export const pageReferences: Parser = {
  name: 'files that a page loads',
  seeds: () => [plain(PAGE), plain('<img src="a.png">')],
  words: [
    ...['<img ', '<link ', '<script ', '<base ', '<template>', '</template>', '<!--', '-->'],
    ...[' src', ' href', ' rel', '=', '"', "'", '>', '/', 'stylesheet', 'nomodule', '\f'],
  ],
  check: (input) => {
    const html = input.toString();
    const { references } = findPageReferences(html);
    for (const { url, start, end } of references) {
      assert.equal(html.slice(start, end), url);
    }
    return references.length === 0 ? 'refused' : 'accepted';
  },
};

export const publishScript: Parser = {
  name: 'publish script',
  seeds: () => [
    json({
      scripts: {
        prepublish: 'npm run check; true',
        publish: '(cd . && FOO="a b" pnpm bundle) && npx --yes i99dash@7 --verbose publish | cat',
      },
    }),
    json({ scripts: { publish: 'run-s bundle deploy', deploy: 'tsc || i99dash publish' } }),
  ],
  words: [
    ...['i99dash publish', 'npx ', 'npm run deploy', 'run-s ', '&&', '||', ';', '&', '|', '\n'],
    ...['(', ')', "'", '\\"', '\\\\', '--', 'node_modules/i99dash/', '.js', 'cd '],
  ],
  check: (input) => {
    const build = findPublishBuild(parsePackageScripts(input.toString()));
    assert.equal(build, build?.trim());
    assert.notEqual(build, '');
    return build === undefined ? 'refused' : 'accepted';
  },
};
