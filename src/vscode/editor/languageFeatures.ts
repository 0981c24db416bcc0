import * as vscode from 'vscode';
import type { Snapshot } from './miniAppDocument';

const JSON_LANGUAGES = ['json', 'jsonc'];
const FILE_PATTERNS = ['**/manifest.json', '**/sdk.config.json'];
const DOCUMENTS: vscode.DocumentSelector = JSON_LANGUAGES.flatMap((language) =>
  FILE_PATTERNS.map((pattern) => ({ scheme: 'file', language, pattern })),
);
/** The files that publishing checks for versions and for code that old WebViews do not support. */
const CODE_FILES: vscode.DocumentSelector = {
  scheme: 'file',
  pattern: '**/*.{html,htm,js,mjs,cjs,css}',
};

/**
 * Registers completion, hovers, links and quick fixes for the files of mini-apps. Loads the
 * providers on first use.
 */
export function registerLanguageFeatures(): vscode.Disposable {
  return vscode.Disposable.from(
    registerQuickFixes(),
    vscode.languages.registerCompletionItemProvider(
      DOCUMENTS,
      {
        provideCompletionItems: async (document, position) => {
          const snapshot = getSnapshot(document, position);
          return (await import('./manifestCompletion')).provideCompletions(snapshot);
        },
      },
      ...['"', ':', '/'],
    ),
    vscode.languages.registerHoverProvider(DOCUMENTS, {
      provideHover: async (document, position) => {
        const snapshot = getSnapshot(document, position);
        return (await import('./manifestHover')).provideHover(snapshot);
      },
    }),
    vscode.languages.registerDocumentLinkProvider(DOCUMENTS, {
      provideDocumentLinks: async (document) => {
        const snapshot = getSnapshot(document);
        return (await import('./manifestLinks')).provideLinks(snapshot);
      },
    }),
  );
}

function registerQuickFixes(): vscode.Disposable {
  const kinds = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];
  return vscode.Disposable.from(
    vscode.languages.registerCodeActionsProvider(
      DOCUMENTS,
      {
        provideCodeActions: (document, range, context) =>
          unlessChanged(document, async () =>
            (await import('./quickFixes')).jsonFileActions(document, range, context),
          ),
      },
      { providedCodeActionKinds: [...kinds, vscode.CodeActionKind.SourceFixAll] },
    ),
    vscode.languages.registerCodeActionsProvider(
      CODE_FILES,
      {
        // VS Code asks at every cursor movement in every script, so load nothing if no problem is
        // ours.
        provideCodeActions: (document, _range, { diagnostics }) =>
          diagnostics.some(({ source }) => source === 'i99dash')
            ? unlessChanged(document, async () =>
                (await import('./quickFixes')).actionsInCode(document, diagnostics),
              )
            : [],
      },
      { providedCodeActionKinds: kinds },
    ),
  );
}

function getSnapshot(document: vscode.TextDocument, position?: vscode.Position): Snapshot {
  return {
    path: document.uri.fsPath,
    text: document.getText(),
    offset: position === undefined ? 0 : document.offsetAt(position),
  };
}

/**
 * Drops an answer if the document has changed in the meantime, because its edits would be
 * misplaced. VS Code asks again after a change.
 */
async function unlessChanged(
  document: vscode.TextDocument,
  find: () => Promise<vscode.CodeAction[]>,
): Promise<vscode.CodeAction[]> {
  const { version } = document;
  const actions = await find();
  return document.version === version ? actions : [];
}
