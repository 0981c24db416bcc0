import assert from 'node:assert/strict';
import { COMPRESSED, FULL, parsePlan, SHORT, SHORTEST } from '../../soak/plan';

describe('soak plan', () => {
  it('is two hours by default', () => {
    assert.equal(parsePlan([]), FULL);
    assert.equal(parsePlan(['--compressed']), COMPRESSED);
    assert.equal(parsePlan(['--short']), SHORT);
    assert.equal(parsePlan(['--shortest']), SHORTEST);
    assert.throws(() => parsePlan(['--shrot']), /usage: npm run soak/u);
  });

  for (const [name, plan] of Object.entries({ FULL, COMPRESSED })) {
    it(`includes 500 renewals, 200 publishes and several restarts: ${name}`, () => {
      assert.ok(plan.leastRenewals >= 500);
      assert.ok(plan.legs * plan.roundsPerLeg >= 200);
      assert.ok(plan.legs >= 3);
    });
  }

  for (const [name, plan] of Object.entries({ FULL, COMPRESSED, SHORT, SHORTEST })) {
    it(`sleeps past the lifetime of a token and includes every fault: ${name}`, () => {
      assert.ok(plan.sleepSeconds > plan.tokenLifeSeconds);
      assert.ok(Math.floor(plan.roundsPerLeg / plan.troubleEvery) >= 2);
      assert.ok(plan.warmUpRounds < plan.roundsPerLeg);
    });
  }
});
