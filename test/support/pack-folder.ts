/**
 * A program for tests of behaviour that depends on the process. Arguments: the folder, the worker
 * script, and `exit` to exit while using the bundle, or `kill` to be killed there. Prints the
 * bundle's hash.
 */
import { collectFiles } from '../../src/core/publish/bundle/files';
import { packBundle } from '../../src/core/publish/packing/bundle';

async function main([root = '', worker, exit]: readonly string[]): Promise<void> {
  const collected = await collectFiles(root, root);
  await using bundle = await packBundle(collected, worker === undefined ? {} : { worker });
  process.stdout.write(bundle.sha256);
  if (exit === 'exit') process.exit(0);
  if (exit === 'kill') process.kill(process.pid, 'SIGKILL');
}

void main(process.argv.slice(2));
