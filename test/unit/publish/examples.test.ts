import assert from 'node:assert/strict';
import { join } from 'node:path';
import { projectBuild } from '../../../src/core/publish/build/projectBuild';
import { loadProject } from '../../../src/core/publish/project/project';
import { EXAMPLE_SHAPES, writeExample } from '../../fixtures/examples/shapes';
import { useTempFolder } from '../../support/temp-folder';

describe('build command of a project shaped like an official example', () => {
  const temp = useTempFolder();

  for (const shape of EXAMPLE_SHAPES) {
    it(`is ${shape.build ?? 'undefined'} in ${shape.name}`, async () => {
      const folder = join(temp.path, shape.name);
      await writeExample(folder, shape);
      assert.equal(projectBuild(await loadProject(folder))?.commandLine, shape.build);
    });
  }
});
