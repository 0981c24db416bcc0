import assert from 'node:assert/strict';
import { COMPRESSED, FULL, parsePlan, SHORT, SHORTEST } from '../../soak/plan';

describe('the plan of a soak', () => {
  it('is two hours unless told otherwise', () => {
    assert.equal(parsePlan([]), FULL);
    assert.equal(parsePlan(['--compressed']), COMPRESSED);
    assert.equal(parsePlan(['--short']), SHORT);
    assert.equal(parsePlan(['--shortest']), SHORTEST);
    assert.throws(() => parsePlan(['--shrot']), /usage: npm run soak/u);
  });

  for (const [name, plan] of Object.entries({ FULL, COMPRESSED })) {
    it(`${name} asks for 500 renewals, 200 publishes and several restarts`, () => {
      assert.ok(plan.leastRenewals >= 500);
      assert.ok(plan.legs * plan.roundsPerLeg >= 200);
      assert.ok(plan.legs >= 3);
    });
  }

  for (const [name, plan] of Object.entries({ FULL, COMPRESSED, SHORT, SHORTEST })) {
    it(`${name} sleeps past the life of a token, and has every trouble`, () => {
      assert.ok(plan.sleepSeconds > plan.tokenLifeSeconds);
      assert.ok(Math.floor(plan.roundsPerLeg / plan.troubleEvery) >= 2);
      assert.ok(plan.warmUpRounds < plan.roundsPerLeg);
    });
  }
});
