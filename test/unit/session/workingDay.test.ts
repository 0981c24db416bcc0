import assert from 'node:assert/strict';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import type { Signer } from '../../../src/core/platform/interfaces';
import { developerRealm, operatorRealm, type Realm } from '../../../src/core/realm';
import type { DayShape } from '../../support/day-plan';
import { generateTestKey } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';
import { liveWorkingDay, type DayTotals } from '../../support/working-day';

const SHAPE: DayShape = {
  hours: 8,
  windows: 4,
  calls: 400,
  focuses: 60,
  sleeps: 3,
  offlineSpells: 5,
  clockSets: 2,
};

/** The realms, each with a possible backend URL. */
const REALMS: readonly { realm: Realm; backendUrl: string }[] = [
  { realm: developerRealm, backendUrl: developerRealm.defaultBackendUrl },
  { realm: operatorRealm, backendUrl: operatorRealm.defaultBackendUrl },
];

const SEED = 1;
/** The number of simulated days. Set it higher for more confidence. */
const SEEDS = Number(process.env['WORKING_DAYS'] ?? 3);

function assertGoodDay(totals: DayTotals): void {
  assert.equal(totals.calls, SHAPE.calls);
  assert.deepEqual(totals.failures, []);
  assert.deepEqual(totals.prompts, []);
  assert.deepEqual(totals.stuck, []);
  assert.ok(totals.mints <= (totals.awakeMinutes * SHAPE.windows) / 5, `${totals.mints} mints`);
  assert.ok(totals.mints >= totals.awakeMinutes / 15, `${totals.mints} mints: too few to be true`);
  assert.ok(totals.timers <= 3 * SHAPE.windows, `${totals.timers} timers`);
  assert.deepEqual(
    totals.finally,
    Array.from({ length: SHAPE.windows }, () => 'signedIn'),
  );
}

function describeDay(totals: DayTotals, seed: number): string {
  const { calls, offlineFailures, failures, mints, adopted, prompts, awakeMinutes } = totals;
  return (
    `seed ${seed}: ${Math.round(awakeMinutes)} minutes awake, ${calls} calls, ` +
    `${failures.length} failed with network, ${offlineFailures} without; ` +
    `${mints} mints, ${adopted} avoided by adoption, ${prompts.length} prompts`
  );
}

for (const { realm, backendUrl } of REALMS) {
  describe(`working day of ${realm.label}`, function () {
    const temp = useTempFolder('all');
    let signer: Signer;
    let remoteSigner: Signer;

    before(async () => {
      const open = async (name: string): Promise<Signer> =>
        openKeyFile((await generateTestKey({ folder: temp.path, name })).path);
      [signer, remoteSigner] = [await open('local'), await open('remote')];
    });

    const live = (seed: number) =>
      liveWorkingDay({ realm, backendUrl, signer, shape: SHAPE, seed });

    it('never prompts the user, and calls fail only without a network', async () => {
      const totals = await live(SEED);
      console.log(`      ${describeDay(totals, SEED)}`);
      assertGoodDay(totals);
      assert.ok(totals.adopted > 0);
      assert.ok(totals.offlineFailures > 0, 'the spells without network were felt');
    });

    it('never prompts the user on two machines that share the session with a key each', async () => {
      const day = { realm, backendUrl, signer, remoteSigner, shape: SHAPE, seed: SEED };
      const totals = await liveWorkingDay(day);
      console.log(`      two machines, ${describeDay(totals, SEED)}`);
      assertGoodDay(totals);
      const [local, remote] = ['/home/local/.ssh/id_ed25519', '/home/remote/.ssh/id_ed25519'];
      assert.deepEqual(totals.keyPaths, [local, remote, local, remote]);
    });

    for (let seed = SEED + 1; seed <= SEEDS; seed++) {
      it(`never prompts the user on day ${seed}`, async () => {
        const totals = await live(seed);
        if (SEEDS > 3) console.log(`      ${describeDay(totals, seed)}`);
        assertGoodDay(totals);
      });
    }
  });
}
