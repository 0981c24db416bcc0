import * as vscode from 'vscode';

const LANGUAGES = ['json', 'jsonc'];
const NAMES = ['**/manifest.json', '**/sdk.config.json'];
const DOCUMENTS: vscode.DocumentSelector = LANGUAGES.flatMap((language) =>
  NAMES.map((pattern) => ({ scheme: 'file', language, pattern })),
);
/** What publish looks into for versions and for what old WebViews do not understand. */
const CODE: vscode.DocumentSelector = {
  scheme: 'file',
  pattern: '**/*.{html,htm,js,mjs,cjs}',
};

/**
 * Completion, hovers, links and quick fixes for the files of mini-apps. What answers is loaded when it is first asked, and answers for
 * mini-apps alone.
 */
export function registerAssistance(): vscode.Disposable {
  const kinds = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(
      DOCUMENTS,
      {
        provideCompletionItems: async (document, position) =>
          (await import('./manifestCompletion')).completeAt(document, position),
      },
      ...['"', ':', '/'],
    ),
    vscode.languages.registerHoverProvider(DOCUMENTS, {
      provideHover: async (document, position) =>
        (await import('./manifestHover')).explainAt(document, position),
    }),
    vscode.languages.registerDocumentLinkProvider(DOCUMENTS, {
      provideDocumentLinks: async (document) => (await import('./manifestLinks')).linksIn(document),
    }),
    vscode.languages.registerCodeActionsProvider(
      DOCUMENTS,
      {
        provideCodeActions: async (document, range, context) =>
          (await import('./quickFixes')).actionsInManifest(document, range, context),
      },
      { providedCodeActionKinds: kinds },
    ),
    vscode.languages.registerCodeActionsProvider(
      CODE,
      {
        // Asked at every move of the cursor in every script: nothing is loaded where nothing of ours is.
        provideCodeActions: async (document, _range, { diagnostics }) =>
          diagnostics.some(({ source }) => source === 'i99dash')
            ? (await import('./quickFixes')).actionsInCode(document, diagnostics)
            : [],
      },
      { providedCodeActionKinds: kinds },
    ),
  );
}
