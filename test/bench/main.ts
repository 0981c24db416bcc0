import { benchActivation } from './activation';
import { benchEditing } from './editing';
import { benchEditor } from './editor';
import { benchPublish } from './publish';
import { printRows } from './rows';
import { benchFleet, benchLatency } from './session';

/** Measures every published claim; exits with 1 when a target is missed. */
async function main(): Promise<void> {
  const fleetIsFine = benchFleet();
  const latencyIsFine = await benchLatency();
  process.stdout.write(
    '\nPublishing 52 MB: 2,000 binary files of 20 kB and 400 scripts of 31 kB\n',
  );
  const publishIsFine = printRows(await benchPublish({ growth: true }));
  process.stdout.write('\nEditing a manifest of 200 lines, in the extension host\n');
  const editingIsFine = printRows(await benchEditing());
  process.stdout.write('\nInside VS Code\n');
  const editorIsFine = printRows(await benchEditor());
  process.stdout.write('\nActivation\n');
  const activationIsFine = printRows(await benchActivation());
  const fine = [
    fleetIsFine,
    latencyIsFine,
    publishIsFine,
    editingIsFine,
    editorIsFine,
    activationIsFine,
  ];
  process.exitCode = fine.every(Boolean) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
