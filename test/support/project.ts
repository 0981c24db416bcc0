import { plant } from './trees';

/** A manifest with the required fields only. */
export const MANIFEST = {
  id: 'trip-log',
  name: { en: 'Trip log' },
  icon: './icon.svg',
  url: 'https://miniapps.i99dash.app/trip-log/',
  version: '1.0.0',
  category: 'vehicle',
};

/** Writes files below a folder and creates the folders they need. */
export async function writeFiles(
  folder: string,
  files: Record<string, string | Uint8Array>,
): Promise<void> {
  await plant(folder, Object.entries(files));
}
