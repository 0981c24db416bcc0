import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/**
 * Returns the extension's problems of a file in the Problems panel:
 * `rule@line:character-line:character`.
 */
export function shownFor(file: string): string[] {
  return ours(file).map(({ code, range: { start, end } }) => {
    return `${code as string}@${start.line}:${start.character}-${end.line}:${end.character}`;
  });
}

export function ours(file: string): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(file))
    .filter(({ source }) => source === 'i99dash');
}

/**
 * Waits until the panel shows the expected problems; on a timeout, the error lists the actual ones.
 */
export async function untilShown(
  file: string,
  expected: (shown: string[]) => boolean,
): Promise<string[]> {
  let subscription: vscode.Disposable | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string[]>((resolve, reject) => {
      const look = (): void => {
        const shown = shownFor(file);
        if (expected(shown)) resolve(shown);
      };
      subscription = vscode.languages.onDidChangeDiagnostics(look);
      timer = setTimeout(
        () => reject(new Error(`shown for ${file}: ${JSON.stringify(shownFor(file))}`)),
        120_000,
      );
      look();
    });
  } finally {
    subscription?.dispose();
    clearTimeout(timer);
  }
}

export const shows = (file: string, rule: string): Promise<string[]> =>
  untilShown(file, (shown) => shown.some((each) => each.startsWith(`${rule}@`)));

export const showsExactly = (file: string, expected: string[]): Promise<string[]> =>
  untilShown(file, (shown) => JSON.stringify(shown) === JSON.stringify(expected));

export async function edit(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const offset = document.getText().indexOf(from);
  assert.ok(offset >= 0, `${from} is in the text`);
  const change = new vscode.WorkspaceEdit();
  const range = new vscode.Range(
    document.positionAt(offset),
    document.positionAt(offset + from.length),
  );
  change.replace(document.uri, range, to);
  assert.ok(await vscode.workspace.applyEdit(change));
}
