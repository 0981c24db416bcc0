import { installChromium } from './chromium';
import { installHost } from './install';
import { defaultVersion } from './versions';

/** Installs what tests need to run VS Code without a display, if it is missing. */
async function main(): Promise<void> {
  const version = process.env['I99DASH_TEST_VSCODE_VERSION'] ?? defaultVersion;
  const results = await Promise.allSettled([installHost(version), installChromium()]);
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as Error] : [],
  );
  for (const { message } of failures) process.stderr.write(`${message}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

void main();
