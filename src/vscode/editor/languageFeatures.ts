import * as vscode from 'vscode';
import { PROJECT_KINDS } from '../../core/projectKind';
import type { Snapshot } from './projectDocument';

const JSON_LANGUAGES = ['json', 'jsonc'];
const FILE_NAMES = PROJECT_KINDS.flatMap(({ manifestFile, configFile }) =>
  [manifestFile, configFile].filter((name) => name !== undefined),
);
const DOCUMENTS: vscode.DocumentSelector = JSON_LANGUAGES.flatMap((language) =>
  FILE_NAMES.map((name) => ({ scheme: 'file', language, pattern: `**/${name}` })),
);
/** The files that publishing checks for versions and for code that old WebViews do not support. */
const CODE_FILES: vscode.DocumentSelector = {
  scheme: 'file',
  pattern: '**/*.{html,htm,js,mjs,cjs,css}',
};

/**
 * Registers completion, hovers, links, colors and quick fixes for the files of projects. Loads the
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
    vscode.languages.registerColorProvider(DOCUMENTS, {
      provideDocumentColors: async (document) => {
        const snapshot = getSnapshot(document);
        return (await import('./documentColors')).provideColors(snapshot);
      },
      provideColorPresentations: async (color, { document, range }) => {
        const written = document.getText(range);
        return (await import('./documentColors')).presentColor(color, written);
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
