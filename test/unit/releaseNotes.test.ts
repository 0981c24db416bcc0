import assert from 'node:assert/strict';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '../../scripts/releaseNotes.mjs');

const CHANGELOG = `# Changelog

## [1.1.0] - 2026-12-01

### Added

- Themes.

## [1.0.0] - 2026-11-01

- First.
`;

describe('the notes of a release', () => {
  let releaseNotes: (tag: string, version: string, changelog: string) => string;

  before(async () => {
    ({ releaseNotes } = (await import(SCRIPT)) as { releaseNotes: typeof releaseNotes });
  });

  it('are the newest entry of the changelog', () => {
    assert.equal(releaseNotes('v1.1.0', '1.1.0', CHANGELOG), '### Added\n\n- Themes.\n');
  });

  it('are refused when the tag is not the version', () => {
    assert.throws(() => releaseNotes('v1.2.0', '1.1.0', CHANGELOG), /tag is v1\.2\.0/u);
    assert.throws(() => releaseNotes('', '1.1.0', CHANGELOG), /tag is/u);
  });

  it('are refused while the newest entry is of another version', () => {
    const unreleased = CHANGELOG.replace('[1.1.0] - 2026-12-01', '[Unreleased]');
    assert.throws(() => releaseNotes('v1.1.0', '1.1.0', unreleased), /newest entry .* Unreleased/u);
    assert.throws(() => releaseNotes('v1.1.0', '1.1.0', '# Changelog\n'), /missing/u);
  });
});
