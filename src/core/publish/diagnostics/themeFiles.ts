import { join } from 'node:path';
import type { Problem } from '../../problem';
import { THEME } from '../../projectKind';
import { checkThemePictures } from '../checks/themePictures';
import { ManifestLocations } from '../project/manifestLocations';
import type { CheckedJson, ProjectFiles } from './projectFiles';

/** Checks the pictures of a theme. */
export class ThemeFiles implements ProjectFiles {
  /** @param folder absolute path */
  constructor(private readonly folder: string) {}

  find({ source, sound }: CheckedJson): Promise<Problem[]> {
    const places = new ManifestLocations(join(this.folder, THEME.manifestFile), source);
    return checkThemePictures(sound, this.folder, places);
  }

  /** Any file can be a picture that the theme names. */
  affects(): boolean {
    return true;
  }
}
