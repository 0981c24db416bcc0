import { defaultVersion } from '../host/versions';
import { parsePlan } from './plan';
import { soak } from './soak';

async function main(): Promise<void> {
  const plan = parsePlan(process.argv.slice(2));
  const version = process.env['I99DASH_TEST_VSCODE_VERSION'] ?? defaultVersion;
  process.exitCode = (await soak({ plan, version })) ? 0 : 1;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
