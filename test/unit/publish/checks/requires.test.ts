import assert from 'node:assert/strict';
import { ManifestLocations } from '../../../../src/core/publish/project/manifestLocations';
import { checkRequires } from '../../../../src/core/publish/checks/requires';
import { validateManifest } from '../../../../src/core/publish/project/validateManifest';
import { marked } from '../../../support/marked-text';
import { MANIFEST } from '../../../support/project';

const FILE = '/apps/trip-log/manifest.json';

/** `«»` marks a requirement that no car meets. */
const CONTRADICTIONS: [rules: string[], requires: string][] = [
  [
    ['requires.cluster-on-di5.0'],
    '{ "dilink": ["di5.0"], "vehicleCapabilities": [«"surface.write.cluster"»] }',
  ],
  [
    ['requires.cluster-on-di5.0'],
    '{ "vehicleCapabilities": ["ac.get", «"pkg.launch.cluster.pixel"»], "dilink": ["di5.0"] }',
  ],
  [
    ['requires.modern-webview-on-di5.0'],
    '{ "dilink": ["di5.0", "di5.0"],\n "modernWebview": «true» }',
  ],
  [
    ['requires.modern-webview-on-di5.0'],
    '{ "dilink": ["di5.0", "unknown"], "modernWebview": «true» }',
  ],
  [
    ['requires.cluster-on-di5.0'],
    '{ "dilink": ["unknown", "di5.0"], "vehicleCapabilities": [«"surface.write.cluster"»] }',
  ],
  [['requires.no-platform'], '{ "dilink": «["unknown"]» }'],
  [
    ['requires.no-platform'],
    '{ "dilink": «["unknown"]», "modernWebview": true, "vehicleCapabilities": ["pkg.launch.cluster.pixel"] }',
  ],
  [['requires.schema'], '{ "schema": «2» }'],
  [['requires.min-bridge'], '{ "minBridge": «"latest"» }'],
  [['requires.min-bridge'], '{ "minBridge": «"v1.2.0"» }'],
  [['requires.min-bridge'], '{ "minBridge": «">=1.2"» }'],
  [['requires.min-bridge'], '{ "minBridge": «"1."» }'],
  [
    ['requires.schema', 'requires.min-bridge', 'requires.modern-webview-on-di5.0'],
    '{ "schema": «3», "minBridge": «"1.x"», "dilink": ["di5.0"], "modernWebview": «true» }',
  ],
  [
    ['requires.cluster-on-di5.0', 'requires.cluster-on-di5.0', 'requires.modern-webview-on-di5.0'],
    '{ "dilink": ["di5.0"], "vehicleCapabilities": [«"pkg.launch.cluster.pixel"», «"surface.write.cluster"»], "modernWebview": «true» }',
  ],
];

const FINE = [
  '{}',
  '{ "dilink": ["di5.0"] }',
  '{ "dilink": ["di5.0"], "modernWebview": false }',
  '{ "dilink": ["di5.0"], "vehicleCapabilities": ["pkg.launch.cluster.icons", "surface.write.ivi"] }',
  '{ "dilink": ["di5.0", "di5.1"], "vehicleCapabilities": ["surface.write.cluster"], "modernWebview": true }',
  '{ "dilink": ["di5.1", "unknown"], "modernWebview": true }',
  '{ "dilink": ["unknown", "di5.1"], "vehicleCapabilities": ["pkg.launch.cluster.pixel"] }',
  '{ "schema": 1 }',
  '{ "minBridge": "2" }',
  '{ "minBridge": "1.4.0" }',
  '{ "minBridge": "1.4.0-beta.1+7" }',
  '{ "vehicleCapabilities": ["surface.write.cluster"], "modernWebview": true }',
];

function check(requires: string) {
  const json = JSON.stringify({ ...MANIFEST, requires: 0 }, null, 2);
  const { text, ranges } = marked(json.replace('"requires": 0', `"requires": ${requires}`));
  const { manifest, source } = validateManifest(text, FILE);
  assert.ok(manifest, requires);
  return { problems: checkRequires(manifest, new ManifestLocations(FILE, source)), ranges };
}

describe('requirements that no car meets', () => {
  for (const [rules, requires] of CONTRADICTIONS) {
    it(`are reported in ${requires}`, () => {
      const { problems, ranges } = check(requires);
      assert.deepEqual(
        problems.map(({ severity, rule, file, range }) => [severity, rule, file, range]),
        rules.map((rule, index) => ['warning', rule, FILE, ranges[index]]),
      );
    });
  }

  for (const requires of FINE) {
    it(`are not reported in ${requires}`, () => assert.deepEqual(check(requires).problems, []));
  }

  it('are not reported without requirements', () => {
    const { manifest, source } = validateManifest(JSON.stringify(MANIFEST), FILE);
    assert.deepEqual(checkRequires(manifest!, new ManifestLocations(FILE, source)), []);
  });
});
