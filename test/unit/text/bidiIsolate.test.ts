import assert from 'node:assert/strict';
import { localize } from '../../../src/core/text/l10n';
import { joinIsolated, rowLabel, bidiIsolate } from '../../../src/core/text/bidiIsolate';

const NAME = 'ضغط الإطارات';

describe('row text', () => {
  it('is unchanged without right-to-left text', () => {
    assert.equal(bidiIsolate('Tyre\nPressure'), 'Tyre Pressure');
    assert.equal(joinIsolated(['1.0.0', '', 'in review']), '1.0.0 · in review');
  });

  it('is isolated from its neighbors with right-to-left text', () => {
    assert.equal(bidiIsolate(NAME), `\u2068${NAME}\u2069`);
    assert.equal(bidiIsolate(`Tyres ${NAME}`), `\u2068Tyres ${NAME}\u2069`);
    assert.equal(bidiIsolate('\u2069\u202Eשלום'), '\u2068 שלום\u2069');
    assert.equal(joinIsolated(['1.0.0', NAME]), `1.0.0 · \u2068${NAME}\u2069`);
  });

  it('keeps its beginning when it is truncated and starts with right-to-left text', () => {
    assert.equal(bidiIsolate(`${NAME} ${NAME}`, 20), `\u2068${NAME} ضغط…\u2069`);
    assert.equal(bidiIsolate('س'.repeat(40), 20), `\u2068${'س'.repeat(20)}…\u2069`);
    assert.equal(bidiIsolate(NAME, NAME.length), `\u2068${NAME}\u2069`);
    for (const text of ['Tyre Pressure of the Car', `Tyres ${NAME} ${NAME}`]) {
      assert.ok(!bidiIsolate(text, 8).includes('…'), 'VS Code cuts its end off');
    }
  });

  it('leaves room for what stands beside a long name', () => {
    assert.equal(rowLabel('Tyre Pressure'), 'Tyre Pressure');
    assert.equal(rowLabel('Charging Stations Along the Road'), 'Charging Stations…');
    assert.equal(rowLabel('x'.repeat(40)), `${'x'.repeat(20)}…`);
    assert.equal(rowLabel(`${NAME} ${NAME}`), `\u2068${NAME} ضغط…\u2069`);
  });

  it('leaves no isolate of the build open where it is cut', () => {
    localize({ language: 'ar', file: '/nowhere' }, {});
    try {
      const text = '\u2067في \u2068~/.ssh/id_ed25519\u2069 على هذا الجهاز.\u2069';
      assert.equal(bidiIsolate(text, 12), '\u2068\u2067في \u2068~/.ssh/…\u2069\u2069\u2069');
    } finally {
      localize(undefined);
    }
  });
});
