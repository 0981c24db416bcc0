import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Mocha from 'mocha';
import { repositoryRoot } from '../host/paths';
import { integrationKinds, type IntegrationKind } from '../integration/kinds';
import { runIntegrationTests } from '../integration/run';

/** A test that can be run alone. */
export type KnownTest =
  | { readonly stage: 'ui'; readonly title: string; readonly file: string }
  | { readonly stage: 'integration'; readonly title: string; readonly kind: IntegrationKind };

/** Lists the tests of `test/ui`, without running them. */
export async function listUiTests(): Promise<KnownTest[]> {
  const folder = path.join(repositoryRoot, 'test/ui');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const tests: KnownTest[] = [];
  for (const name of names.filter((each) => each.endsWith('.test.ts')).sort()) {
    const file = path.join(folder, name);
    const mocha = new Mocha({ ui: 'bdd' });
    mocha.addFile(file);
    await mocha.loadFilesAsync();
    mocha.suite.eachTest((test) => {
      tests.push({ stage: 'ui', title: test.fullTitle(), file });
    });
  }
  return tests;
}

/** Lists the integration tests. Loading them requires a VS Code for each kind. */
export async function listIntegrationTests(): Promise<KnownTest[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'i99dash-titles-'));
  try {
    const tests: KnownTest[] = [];
    for (const kind of integrationKinds) {
      const file = path.join(folder, kind);
      await runIntegrationTests({ kind, env: { I99DASH_TEST_LIST: file } });
      const titles = JSON.parse(await readFile(file, 'utf8')) as string[];
      tests.push(...titles.map((title) => ({ stage: 'integration' as const, title, kind })));
    }
    return tests;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
