import { parseArgs } from 'node:util';
import { defaultVersion } from '../host/versions';
import { integrationKinds } from './kinds';
import { runIntegrationTests } from './run';

/**
 * Runs the integration tests of one kind: `--kind=<kind>`, with `--desktop` in a desktop VS Code.
 * Environment variables set the rest.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { kind: { type: 'string' }, desktop: { type: 'boolean', default: false } },
  });
  const kind = integrationKinds.find((each) => each === values.kind);
  if (kind === undefined) throw new Error(`--kind must be one of ${integrationKinds.join(', ')}.`);
  const version = process.env['I99DASH_TEST_VSCODE_VERSION'] ?? defaultVersion;
  await runIntegrationTests({ kind, version, desktop: values.desktop });
}

main().catch((error: unknown) => {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
