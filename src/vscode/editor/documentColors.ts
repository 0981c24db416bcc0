import * as vscode from 'vscode';
import { listColors } from '../../core/publish/editing/colors';
import { formatColor } from '../../core/publish/project/theme/color';
import { projectDocument, toVsRange, type Snapshot } from './projectDocument';

/** The length of `#AARRGGBB`. */
const WITH_ALPHA = 9;

/** Provides the colors in a project's JSON file, which the editor shows and lets the user pick. */
export async function provideColors(snapshot: Snapshot): Promise<vscode.ColorInformation[]> {
  const ours = await projectDocument(snapshot);
  return (ours === undefined ? [] : listColors(ours.kind, snapshot.text)).map(
    ({ color: { red, green, blue, alpha }, start, end }) =>
      new vscode.ColorInformation(
        toVsRange(snapshot, start, end),
        new vscode.Color(red / 255, green / 255, blue / 255, alpha),
      ),
  );
}

/**
 * Provides the text of a picked color: `#RRGGBB`, or `#AARRGGBB` if it is not opaque or was written
 * with its alpha before.
 * @param written the text that it replaces
 */
export function presentColor(
  { red, green, blue, alpha }: vscode.Color,
  written: string,
): vscode.ColorPresentation[] {
  const color = { red: red * 255, green: green * 255, blue: blue * 255, alpha };
  return [new vscode.ColorPresentation(formatColor(color, written.length === WITH_ALPHA))];
}
