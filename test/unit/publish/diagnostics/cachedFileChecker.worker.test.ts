import assert from 'node:assert/strict';
import { access, cp, rm, writeFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { CancelledError } from '../../../../src/core/errors';
import type { Problem } from '../../../../src/core/problem';
import { ProblemModel } from '../../../../src/core/publish/diagnostics/problemModel';
import { MANIFEST } from '../../../support/project';
import { useBuiltWorker } from '../../../support/publish-worker';
import { useTempFolder } from '../../../support/temp-folder';
import { plant } from '../../../support/trees';
import { KINDS } from '../../../../src/core/publish/kindDefinitions';

const BROKEN = join(__dirname, '../../../fixtures/broken-mini-apps/every-problem/src');
const MODULE = 'export {};\n';

describe('file problems of a large mini-app', () => {
  const built = useBuiltWorker();
  const temp = useTempFolder();
  let folder: string;
  let finder: ProblemModel;

  beforeEach(async () => {
    folder = join(temp.path, 'app');
    await cp(BROKEN, join(folder, 'src'), { recursive: true });
    const manifest = { ...MANIFEST, icon: './icon.png', coverImage: './none.png', tags: 1 };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await plant(
      folder,
      Array.from({ length: 220 }, (_, index) => [`src/tiles/${index}.bin`, String(index)]),
    );
    finder = open(built.script);
  });

  const cache = (): string => join(temp.path, 'cache.json');

  function open(worker?: string): ProblemModel {
    return new ProblemModel(folder, KINDS.miniApp, { worker, baselineCache: cache() });
  }

  async function look(from = finder, signal?: AbortSignal): Promise<Problem[]> {
    from.setManifest(await from.readText(from.manifestFile));
    from.setConfig(await from.readText(from.configFile!));
    await from.checkFiles(signal);
    return from.problems;
  }

  const rulesOf = (problems: readonly Problem[], file: string): string[] =>
    problems.filter((each) => each.file === join(folder, file)).map(({ rule }) => rule);

  it('are the same and at the same positions as in process', async () => {
    const inPlace = await look(open());
    assert.equal(built.workers.length, 0);
    assert.deepEqual(await look(), inPlace);
    assert.equal(built.workers.length, 1);
    const kinds = new Set(inPlace.map(({ rule }) => rule.split('.')[0]));
    assert.deepEqual([...kinds].sort(), ['asset', 'baseline', 'manifest', 'secret', 'version']);
  });

  it('are searched at low priority, and at the lowest when nobody waits for them', async () => {
    const priorities: number[] = [];
    built.onWorker = () => priorities.push(getPriority(built.workers.at(-1)?.pid));
    await look();
    await finder.checkFiles(undefined, true);
    const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
    assert.deepEqual(priorities, [PRIORITY_BELOW_NORMAL, PRIORITY_LOW]);
  });

  it('are cached from one process to the next', async () => {
    const before = await look();
    // Each run writes new content.
    await rm(cache());
    assert.deepEqual(await look(), before);
    await assert.rejects(access(cache()), { code: 'ENOENT' });
    const app = join(folder, 'src', 'app.js');
    await writeFile(app, MODULE);
    await writeFile(join(folder, 'src', 'tiles', 'new.js'), MODULE);
    const after = await look();
    assert.deepEqual(rulesOf(after, 'src/app.js'), ['baseline.module']);
    assert.deepEqual(rulesOf(after, 'src/tiles/new.js'), ['baseline.module']);
    const others = (problems: Problem[]): Problem[] =>
      problems.filter(({ file }) => !/app\.js$|new\.js$/u.test(file));
    assert.deepEqual(others(after), others(before));
  });

  it('are found in process once the app is small again, and vice versa', async () => {
    await look();
    await rm(join(folder, 'src', 'tiles'), { recursive: true });
    await writeFile(join(folder, 'src', 'app.js'), MODULE);
    assert.deepEqual(rulesOf(await look(), 'src/app.js'), ['baseline.module']);
    assert.equal(built.workers.length, 1);
    await plant(
      folder,
      Array.from({ length: 220 }, (_, index) => [`src/tiles/${index}.bin`, String(index)]),
    );
    await writeFile(join(folder, 'src', 'app.js'), '1;\n');
    assert.deepEqual(rulesOf(await look(), 'src/app.js'), []);
    assert.equal(built.workers.length, 2);
  });

  it('are unchanged when a search is cancelled, and the process exits', async () => {
    const before = await look();
    await writeFile(join(folder, 'src', 'app.js'), MODULE);
    const caller = new AbortController();
    built.onWorker = () => caller.abort();
    await assert.rejects(look(finder, caller.signal), CancelledError);
    assert.equal(built.workers.at(-1)?.signalCode, 'SIGKILL');
    assert.deepEqual(finder.problems, before);
  });

  it('report that they are unknown when the process fails', async () => {
    const broken = join(temp.path, 'broken.js');
    await writeFile(broken, 'throw new Error("no luck")');
    const problems = await look(open(broken));
    const unfit = problems.filter(({ rule }) => rule === 'files.unfit');
    assert.deepEqual(
      unfit.map(({ file }) => file),
      [join(folder, 'src')],
    );
    assert.match(unfit[0]?.message ?? '', /ended unexpectedly \(no luck\)/u);
  });
});
