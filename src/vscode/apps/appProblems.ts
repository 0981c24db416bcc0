import * as vscode from 'vscode';
import { plural } from '../../core/text/l10n';
import { isInside } from '../../core/platform/paths';
import { isOurs } from '../editor/problemDiagnostic';

/** The number of our errors and warnings that the Problems panel shows for a mini-app. */
export interface ProblemCount {
  errors: number;
  warnings: number;
}

/** Counts the problems of mini-apps by folder. */
export function countDiagnostics(folders: readonly string[]): Map<string, ProblemCount> {
  const counts = new Map(folders.map((folder) => [folder, { errors: 0, warnings: 0 }]));
  for (const [{ scheme, fsPath }, diagnostics] of vscode.languages.getDiagnostics()) {
    const folder = folders.find((each) => scheme === 'file' && isInside(fsPath, each));
    const count = folder === undefined ? undefined : counts.get(folder);
    if (count !== undefined) {
      for (const { severity } of diagnostics.filter(isOurs)) {
        count.errors += Number(severity === vscode.DiagnosticSeverity.Error);
        count.warnings += Number(severity === vscode.DiagnosticSeverity.Warning);
      }
    }
  }
  return counts;
}

/**
 * Calls back when one of these counts changes.
 * @param folders returns the folders to count for
 */
export function onDidChangeProblems(
  folders: () => readonly string[],
  changed: () => void,
): vscode.Disposable {
  let last = '';
  return vscode.languages.onDidChangeDiagnostics(({ uris }) => {
    const known = folders();
    if (uris.some(({ fsPath }) => known.some((folder) => isInside(fsPath, folder)))) {
      const next = JSON.stringify([...countDiagnostics(known)]);
      if (next !== last) {
        last = next;
        changed();
      }
    }
  });
}

/** The URI scheme of rows that show the number of their app's problems. */
const DECORATION_SCHEME = 'i99dash-app';

/**
 * Returns the URI that decorates a row with the number of its problems. The decoration is at the
 * end of the row, where a long name does not hide it.
 */
export function problemsUri(appId: string, { errors, warnings }: ProblemCount): vscode.Uri {
  const query = JSON.stringify([errors, warnings]);
  const path = `/${Buffer.from(appId).toString('hex')}`; // the server's ID can be any text
  return vscode.Uri.from({ scheme: DECORATION_SCHEME, path, query });
}

/** Decorates the rows that have a {@link problemsUri}. */
export function decorateProblems(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration: ({ scheme, query }) => {
      if (scheme !== DECORATION_SCHEME) {
        return undefined;
      }
      const [errors, warnings] = JSON.parse(query) as [number, number];
      const count = errors + warnings;
      const color = errors > 0 ? 'list.errorForeground' : 'list.warningForeground';
      return count === 0
        ? undefined
        : new vscode.FileDecoration(
            count > 9 ? '9+' : String(count),
            describeCount({ errors, warnings }),
            new vscode.ThemeColor(color),
          );
    },
  });
}

/** Describes the count, such as `3 problems`; '' for none. */
export function describeCount({ errors, warnings }: ProblemCount): string {
  const count = errors + warnings;
  return count === 0 ? '' : plural(count, { one: '{0} problem', other: '{0} problems' });
}
