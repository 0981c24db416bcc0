import { benchFleet, benchLatency } from './session';

async function main(): Promise<void> {
  const fleetIsFine = benchFleet();
  const latencyIsFine = await benchLatency();
  process.exitCode = fleetIsFine && latencyIsFine ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
