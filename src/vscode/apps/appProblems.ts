import * as vscode from 'vscode';
import { plural } from '../../core/text/l10n';
import { isInside } from '../../core/miniAppFolder';

/** How many problems of ours the Problems panel shows for a mini-app; notes do not count. */
export interface ProblemCount {
  errors: number;
  warnings: number;
}

/** Counts the problems of mini-apps by their folders. */
export function countProblems(folders: readonly string[]): Map<string, ProblemCount> {
  const counts = new Map(folders.map((folder) => [folder, { errors: 0, warnings: 0 }]));
  for (const [{ scheme, fsPath }, diagnostics] of vscode.languages.getDiagnostics()) {
    const folder = folders.find((each) => scheme === 'file' && isInside(fsPath, each));
    const count = folder === undefined ? undefined : counts.get(folder);
    for (const { source, severity } of count === undefined ? [] : diagnostics) {
      if (source === 'i99dash' && count !== undefined) {
        count.errors += Number(severity === vscode.DiagnosticSeverity.Error);
        count.warnings += Number(severity === vscode.DiagnosticSeverity.Warning);
      }
    }
  }
  return counts;
}

/** Tells when one of these counts changes. @param folders those that count now */
export function onDidChangeProblems(
  folders: () => readonly string[],
  changed: () => void,
): vscode.Disposable {
  let last = '';
  return vscode.languages.onDidChangeDiagnostics(({ uris }) => {
    const known = folders();
    if (uris.some(({ fsPath }) => known.some((folder) => isInside(fsPath, folder)))) {
      const next = JSON.stringify([...countProblems(known)]);
      if (next !== last) {
        last = next;
        changed();
      }
    }
  });
}

/** Rows of this scheme show how many problems their app has. */
const SCHEME = 'i99dash-app';

/**
 * What a row is decorated by: the number of its problems at its end, where no long name hides it.
 */
export function problemsUri(appId: string, { errors, warnings }: ProblemCount): vscode.Uri {
  const query = JSON.stringify([errors, warnings]);
  const path = `/${Buffer.from(appId).toString('hex')}`; // an id of a server may be anything
  return vscode.Uri.from({ scheme: SCHEME, path, query });
}

/** Decorates the rows that have a {@link problemsUri}. */
export function decorateProblems(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration: ({ scheme, query }) => {
      if (scheme !== SCHEME) {
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

/** `3 problems`; empty when there is none. */
export function describeCount({ errors, warnings }: ProblemCount): string {
  const count = errors + warnings;
  return count === 0 ? '' : plural(count, { one: '{0} problem', other: '{0} problems' });
}
