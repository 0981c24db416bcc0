import assert from 'node:assert/strict';
import { closestMatch } from '../../../../src/core/text/closestMatch';
import {
  compareVersions,
  isSemver,
  nextMinor,
  nextPatch,
  withoutLeadingV,
} from '../../../../src/core/publish/project/semver';

describe('semantic version', () => {
  it('is recognized or rejected', () => {
    for (const version of [
      '0.0.0',
      '1.2.3',
      '10.20.30',
      '1.0.0-beta.2',
      '1.0.0-0.3.7',
      '1.0.0-x-y.z',
      '1.0.0-0a',
      '1.0.0--',
      '1.0.0+001',
      '1.0.0-rc.1+build.5',
      '99999999999999999999.0.0',
    ]) {
      assert.ok(isSemver(version), version);
    }
    for (const version of [
      '',
      '1',
      '1.2',
      '1.2.3.4',
      'v1.2.3',
      '01.2.3',
      '1.2.3-',
      '1.2.3-01',
      '1.2.3+',
      '1.2.3 ',
      '1.2.3\n',
      '-1.2.3',
      `1.2.3-${'a'.repeat(300)}`,
    ]) {
      assert.ok(!isSemver(version), JSON.stringify(version));
    }
  });

  it('has a next patch', () => {
    for (const [version, next] of [
      ['1.2.3', '1.2.4'],
      ['0.0.9', '0.0.10'],
      ['1.2.3+build', '1.2.4'],
      ['1.2.3-beta.1', '1.2.3'],
      ['1.2.9007199254740993', '1.2.9007199254740994'],
      ['one', undefined],
      ['1.2', undefined],
    ] as const) {
      assert.equal(nextPatch(version), next, version);
    }
  });
});

describe('version after more than fixes', () => {
  it('is the next minor', () => {
    for (const [version, next] of [
      ['1.2.3', '1.3.0'],
      ['0.9.9+build', '0.10.0'],
      ['1.2.0-beta.1', '1.2.0'],
      ['1.2.3-beta.1', '1.3.0'],
      ['1.9007199254740993.0', '1.9007199254740994.0'],
      ['one', undefined],
    ] as const) {
      assert.equal(nextMinor(version), next, version);
    }
  });
});

describe('version order', () => {
  const ORDERED = [
    ...['1.0.0-1', '1.0.0-2', '1.0.0-11', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta'],
    ...['1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.0.10'],
    ...['1.2.0', '1.10.0', '2.0.0', '9007199254740993.0.0', '10007199254740993.0.0'],
  ];

  it('follows semver.org', () => {
    for (const [i, a] of ORDERED.entries()) {
      for (const [j, b] of ORDERED.entries()) {
        const order = compareVersions(a, b) ?? assert.fail(`${a} ${b}`);
        assert.equal(Math.sign(order), Math.sign(i - j), `${a} ${b}`);
      }
    }
  });

  it('ignores build metadata', () => {
    assert.equal(compareVersions('1.0.0+2', '1.0.0+10'), 0);
    assert.equal(compareVersions('1.0.0-a+2', '1.0.0-a'), 0);
  });

  it('is undefined for an invalid version', () => {
    assert.equal(compareVersions('1.0', '1.0.0'), undefined);
    assert.equal(compareVersions('1.0.0', 'v1.0.0'), undefined);
  });

  it('ignores the leading "v" of tags', () => {
    assert.deepEqual(['v1.0.0', 'V1', '1.0.0', 'version', 'v'].map(withoutLeadingV), [
      '1.0.0',
      '1',
      '1.0.0',
      'version',
      'v',
    ]);
  });
});

describe('misspelled name', () => {
  it('matches the closest candidate or none', () => {
    const names = ['id', 'icon', 'tags', 'coverImage', 'permissions', 'requires'];
    for (const [name, meant] of [
      ['tag', 'tags'],
      ['TAGS', 'tags'],
      ['permisions', 'permissions'],
      ['coverimage', 'coverImage'],
      ['require', 'requires'],
      ['icno', undefined],
      ['author', undefined],
      ['x', undefined],
      ['', undefined],
      ['permissions'.repeat(9), undefined],
    ] as const) {
      assert.equal(closestMatch(name, names), meant, name);
    }
  });
});
