import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EXTENSION_ID } from './support';

interface Property {
  scope: string;
  default: unknown;
}

/** The scopes of settings that a workspace cannot set in VS Code. */
const SCOPES_OF_USER = ['application', 'machine'];

/** Returns the settings that a workspace must not override, with the user's values. */
function userSettings(): [key: string, value: unknown][] {
  const manifest = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON as {
    contributes: { configuration: { properties: Record<string, Property> }[] };
  };
  const properties = manifest.contributes.configuration.flatMap((part) =>
    Object.entries(part.properties),
  );
  return properties
    .filter(([, { scope }]) => SCOPES_OF_USER.includes(scope))
    .map(([key, property]) => {
      const known = vscode.workspace.getConfiguration().inspect(key);
      return [key, known?.globalValue ?? property.default];
    });
}

/**
 * Asserts that hostile settings of the workspace and its folders override none of the user's
 * settings.
 */
export function assertUserDecides(): void {
  const settings = userSettings();
  assert.ok(settings.length >= 10, String(settings.length));
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  assert.ok(folders.length > 0);
  for (const [key, value] of settings) {
    for (const resource of [undefined, ...folders]) {
      const configuration = vscode.workspace.getConfiguration(undefined, resource);
      assert.deepEqual(configuration.get(key), value, `${key} in ${resource?.path ?? 'no folder'}`);
    }
  }
}
