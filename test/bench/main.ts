import { benchPublish, printPublishBench } from './publish';
import { benchFleet, benchLatency } from './session';

/** Measures everything there is a claim about; ends with 1 when a target is missed. */
async function main(): Promise<void> {
  const fleetIsFine = benchFleet();
  const latencyIsFine = await benchLatency();
  process.stdout.write(
    '\nPublishing 52 MB: 2,000 binary files of 20 kB and 400 scripts of 31 kB\n',
  );
  const rows = await benchPublish();
  printPublishBench(rows);
  const publishIsFine = rows.every(
    ({ measured, target }) => target === undefined || measured <= target,
  );
  process.exitCode = fleetIsFine && latencyIsFine && publishIsFine ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
