import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNewFolder } from '../../../src/core/newProject/newFiles';
import { createProject, TEMPLATES, type NewProject } from '../../../src/core/newProject/newProject';
import { findKind } from '../../../src/core/projectFolders';
import { PROJECT_KINDS, type KindId } from '../../../src/core/projectKind';
import { ProblemModel } from '../../../src/core/publish/diagnostics/problemModel';
import { KINDS } from '../../../src/core/publish/kindDefinitions';
import { rejectsWith } from '../../support/expect';
import { canFillDisk, onFullDisk } from '../../support/full-disk';
import { writeFiles } from '../../support/project';
import { usePublishing } from '../../support/publishing';
import { useTempFolder } from '../../support/temp-folder';
import { readTree } from '../../support/trees';

const KIND_IDS = PROJECT_KINDS.map(({ id }) => id);

/** Returns what the Problems panel would show. */
async function findProblems(folder: string, kind: KindId): Promise<string[]> {
  const model = new ProblemModel(folder, KINDS[kind]);
  model.setManifest(await model.readText(model.manifestFile));
  if (model.configFile !== undefined) {
    model.setConfig(await model.readText(model.configFile));
  }
  await model.checkFiles();
  return model.problems.map(({ severity, rule }) => `${severity} ${rule}`);
}

describe('a new project', () => {
  const temp = useTempFolder();
  let folder: string;
  beforeEach(() => {
    folder = join(temp.path, 'made', 'trip-log');
  });

  const project = (changes: Partial<NewProject> = {}): NewProject => {
    const { kind = 'miniApp' } = changes;
    const [category = ''] = TEMPLATES[kind].categories;
    return { kind, name: 'Trip Log', category, folder, ...changes };
  };

  const readManifest = async (kind: KindId): Promise<Record<string, unknown>> => {
    const file = join(folder, KINDS[kind].kind.manifestFile);
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  };

  for (const kind of KIND_IDS) {
    for (const category of TEMPLATES[kind].categories) {
      it(`of the kind ${kind} and the category ${category} has no problems`, async () => {
        await createProject(project({ kind, category }));
        assert.equal((await findKind(folder))?.id, kind);
        assert.deepEqual(await findProblems(folder, kind), []);
        assert.equal((await readManifest(kind))['category'], category);
      });
    }

    it(`of the kind ${kind} has its name and a description in English and Arabic`, async () => {
      await createProject(project({ kind, name: ' Trip Log ' }));
      const { id, name, description } = await readManifest(kind);
      assert.deepEqual([id, name], ['trip-log', { en: 'Trip Log', ar: 'Trip Log' }]);
      assert.deepEqual(Object.keys(description as object), ['en', 'ar']);
    });

    it(`of the kind ${kind} loads nothing from the network`, async () => {
      await createProject(project({ kind }));
      for (const [name, bytes] of Object.entries(await readTree(folder))) {
        const text = String(bytes).replaceAll('http://www.w3.org/2000/svg', '');
        const isAddress = name === 'manifest.json';
        assert.equal(/\b(?:https?:)?\/\/\w/u.test(text), isAddress, name);
      }
    });

    it(`of the kind ${kind} leaves out of git what builds and systems write`, async () => {
      await createProject(project({ kind }));
      const ignored = await readFile(join(folder, '.gitignore'), 'utf8');
      assert.match(ignored, /^node_modules\/$[^]*^dist\/$[^]*^\.env$/mu);
    });
  }

  it('has the same icon each time, and other colors for other mini-apps', async () => {
    const icons = new Map<string, string>();
    for (const name of ['One App', 'One App', 'Two Apps', 'Three Apps']) {
      await rm(folder, { recursive: true, force: true });
      await createProject(project({ name }));
      const icon = await readFile(join(folder, 'src', 'icon.svg'), 'utf8');
      assert.equal(icons.get(name) ?? icon, icon);
      icons.set(name, icon);
    }
    assert.ok(new Set(icons.values()).size > 1);
  });

  it('shows a name with markup as text', async () => {
    await createProject(project({ name: '<b>"Trip"</b> & Log' }));
    const page = await readFile(join(folder, 'src', 'index.html'), 'utf8');
    assert.match(page, /<title>&lt;b&gt;&quot;Trip&quot;&lt;\/b&gt; &amp; Log<\/title>/u);
    assert.doesNotMatch(page, /<b>/u);
  });

  describe('with an odd name', () => {
    for (const [name, id] of [
      ['Trip…', 'trip'],
      ['Trip Log...', 'trip-log'],
      ['.. Trip ..', 'trip'],
      ['🚗 Trip 🚗', 'trip'],
      ['رحلة Trip', 'trip'],
      ['Über/Straße', 'uber-stra-e'],
      ['42', '42'],
    ] as const) {
      it(`has the ID ${id} for “${name}”`, async () => {
        await createProject(project({ name, folder: (folder = join(temp.path, 'سجل')) }));
        assert.equal((await readManifest('miniApp'))['id'], id);
        assert.deepEqual(await findProblems(folder, 'miniApp'), []);
      });
    }

    it('takes its ID and English name from the folder if the name is Arabic only', async () => {
      await createProject(project({ name: 'سجل الرحلات' }));
      const { id, name } = await readManifest('miniApp');
      assert.deepEqual([id, name], ['trip-log', { en: 'Trip Log', ar: 'سجل الرحلات' }]);
    });

    for (const name of ['', ' ', 'سجل', '🚗🚗', '...', '!', 'x', 'a\nb', 'a'.repeat(300)]) {
      it(`is refused before anything is written: ${JSON.stringify(name).slice(0, 12)}`, async () => {
        const odd = project({ name, folder: join(temp.path, 'سجل') });
        await rejectsWith('VALIDATION_FAILED', createProject(odd));
        assert.deepEqual(await readTree(temp.path), {});
      });
    }
  });

  it('is refused for a category of another kind', async () => {
    await rejectsWith('VALIDATION_FAILED', createProject(project({ category: 'dark' })));
    const theme = project({ kind: 'theme', category: 'navigation' });
    await rejectsWith('VALIDATION_FAILED', createProject(theme));
    assert.deepEqual(await readTree(temp.path), {});
  });

  describe('in a folder that is there', () => {
    it('is created if the folder is empty', async () => {
      mkdirSync(folder, { recursive: true });
      await createProject(project());
      assert.deepEqual(await findProblems(folder, 'miniApp'), []);
    });

    for (const name of ['notes.txt', '.git/HEAD', '.gitignore', 'src/index.html']) {
      it(`is refused if the folder holds ${name}, and nothing changes`, async () => {
        await writeFiles(folder, { [name]: 'mine' });
        const { message } = await rejectsWith('VALIDATION_FAILED', createProject(project()));
        assert.match(message, /is not an empty folder, and nothing was changed/u);
        assert.deepEqual(await readTree(folder), { [name]: Buffer.from('mine') });
      });
    }

    it('is refused if the path is a file, leads through a file or is a broken link', async () => {
      writeFileSync(join(temp.path, 'file'), 'mine');
      symlinkSync(join(temp.path, 'none'), join(temp.path, 'link'));
      for (const taken of ['file', 'file/below', 'link']) {
        const blocked = project({ folder: join(temp.path, taken) });
        await rejectsWith('VALIDATION_FAILED', createProject(blocked));
      }
      assert.deepEqual(await readTree(temp.path), { file: Buffer.from('mine') });
    });

    it('is created once when several are created there at the same time', async () => {
      const names = Array.from({ length: 10 }, (_, index) => `App ${index}`);
      const results = await Promise.allSettled(
        names.map((name) => createProject(project({ name }))),
      );
      const made = names.filter((_, index) => results[index]?.status === 'fulfilled');
      assert.equal(made.length, 1);
      assert.deepEqual((await readManifest('miniApp'))['name'], { en: made[0], ar: made[0] });
      assert.deepEqual(await findProblems(folder, 'miniApp'), []);
    });

    it('takes back its own files and no others if the folder is filled meanwhile', async () => {
      const files = [
        { path: 'manifest.json', text: '{}' },
        { path: 'src/app.js', text: '' },
        {
          get path() {
            writeFileSync(join(folder, 'src', 'notes.txt'), 'mine');
            writeFileSync(join(folder, 'README.md'), 'mine');
            return 'README.md';
          },
          text: '# Trip Log',
        },
      ];
      await rejectsWith('VALIDATION_FAILED', writeNewFolder(folder, files));
      const mine = Buffer.from('mine');
      assert.deepEqual(await readTree(folder), { 'README.md': mine, 'src/notes.txt': mine });
    });

    it('leaves nothing behind, no folder either, if the disk is full', async function () {
      if (!canFillDisk()) this.skip();
      await onFullDisk(() => rejectsWith('VALIDATION_FAILED', createProject(project())));
      assert.deepEqual(await readTree(temp.path), {});
    });
  });
});

for (const kind of KIND_IDS) {
  describe(`publishing a new project of the kind ${kind}`, () => {
    const publishing = usePublishing('tyre-pressure');

    it('succeeds as it is, without a warning', async () => {
      const app = publishing();
      await rm(app.folder, { recursive: true });
      const [category = ''] = TEMPLATES[kind].categories;
      await createProject({ kind, name: 'Trip Log', category, folder: app.folder });
      const outcome = await app.outcome();
      assert.ok(outcome.kind === 'published');
      const { appId, version, reviewStatus, fileCount } = outcome.result;
      assert.deepEqual([appId, version, reviewStatus], ['trip-log', '1.0.0', 'pending']);
      assert.equal(fileCount, kind === 'theme' ? 3 : 5);
      assert.deepEqual(
        outcome.problems.filter(({ rule }) => rule !== 'version.not-compared'),
        [],
      );
    });
  });
}
