/**
 * A program for tests of behaviour that depends on the process. Arguments: the folder, the worker
 * script, and `exit` to exit while using the bundle, or `kill` to be killed there. Prints the
 * bundle's hash.
 */
import { withBundle } from '../../src/core/publish/packing/bundle';
import { collectFiles } from '../../src/core/publish/bundle/files';

async function main([root = '', worker, exit]: readonly string[]): Promise<void> {
  const collected = await collectFiles(root, root);
  await withBundle(
    collected,
    ({ sha256 }) => {
      process.stdout.write(sha256);
      if (exit === 'exit') process.exit(0);
      if (exit === 'kill') process.kill(process.pid, 'SIGKILL');
      return Promise.resolve();
    },
    worker === undefined ? {} : { worker },
  );
}

void main(process.argv.slice(2));
