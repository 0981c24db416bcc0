import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { CONFIG_FILE, MANIFEST_FILE } from '../../core/miniAppFolder';
import type { Fix, FixContext, ProblemAt } from '../../core/publish/editing/fix';
import { buildCommandFix, outputFolderFixes } from '../../core/publish/editing/configFixes';
import { fixesFor, rewritesAt, safeFixes } from '../../core/publish/editing/fixes';
import { alignAppVersion, declareModernWebview } from '../../core/publish/editing/crossFileFixes';
import { listPictures } from '../../core/publish/editing/pictures';
import { addRequiredFix } from '../../core/publish/editing/requiredFixes';
import { placeholderIconFor } from '../../core/publish/project/placeholderIcon';
import { findMiniApp } from '../publish/miniApps';
import { fixTitle } from './fixTitles';
import { miniAppDocument, getPictureRoots } from './miniAppDocument';

const SOURCE = 'i99dash';
/** For `editor.codeActionsOnSave`, by this name or by `source.fixAll`. */
const FIX_ALL = vscode.CodeActionKind.SourceFixAll.append(SOURCE);
/** Rules whose fixes depend on the pictures that are there. */
const NEEDS_PICTURES = ['manifest.icon.required', 'asset.missing'];
/** Rules that a missing field breaks. */
const IS_MISSING = /^manifest\.\w+\.required$/u;

/**
 * What fixes the problems of a manifest or an `sdk.config.json` in a range; in a manifest also what
 * may be done with the value there, and the safe fixes of all of it when asked.
 */
export async function jsonFileActions(
  document: vscode.TextDocument,
  range: vscode.Range,
  context: vscode.CodeActionContext,
): Promise<vscode.CodeAction[]> {
  const ours = await miniAppDocument({
    path: document.uri.fsPath,
    text: document.getText(),
  });
  if (ours === undefined) {
    return [];
  }
  const isManifest = ours.kind === 'manifest';
  const problems = context.diagnostics.filter(({ source }) => source === SOURCE);
  const roots = problems.length === 0 ? [] : await getPictureRoots(ours.folder);
  const fixContext = await createFixContext(ours.folder, roots, problems);
  const text = document.getText();
  const fixes = problems.flatMap((problem) =>
    fixesFor(findProblem(problem, document), text, fixContext).map((fix) => ({ fix, problem })),
  );
  const addAllFixes = isManifest ? fixesOfMissing(text, problems, fixContext) : [];
  const outputFixes = isManifest ? [] : await fixesOfOutput(text, ours.folder, problems);
  const newConfig = isManifest ? await createConfig(ours.folder, problems) : [];
  const offset = document.offsetAt(range.start);
  const rewrites = isManifest ? rewritesAt(text, offset).map((fix) => ({ fix })) : [];
  return [
    ...withoutDoubles([...addAllFixes, ...fixes, ...outputFixes, ...rewrites]).map((found) =>
      toCodeAction(document, { ...found, pictures: roots[0] }),
    ),
    ...newConfig,
    ...(isManifest && context.only?.contains(FIX_ALL) === true ? fixAll(document) : []),
  ];
}

/** One fix for all required fields that are missing, in a blank file too. */
function fixesOfMissing(
  text: string,
  problems: readonly vscode.Diagnostic[],
  context: FixContext,
): { fix: Fix; problem: vscode.Diagnostic }[] {
  const isBlank = text.trim() === '';
  const missing = problems.filter((problem) => isBlank || IS_MISSING.test(getRuleId(problem)));
  const fix = missing.length === 0 ? undefined : addRequiredFix(text, context);
  return fix === undefined ? [] : missing.map((problem) => ({ fix, problem }));
}

/** What makes `sdk.config.json` name the folder that the build writes. */
async function fixesOfOutput(
  text: string,
  folder: string,
  problems: readonly vscode.Diagnostic[],
): Promise<{ fix: Fix; problem: vscode.Diagnostic }[]> {
  const ofOutput = problems.filter((problem) => getRuleId(problem).startsWith('output.'));
  const fixes = ofOutput.length === 0 ? [] : await outputFolderFixes(text, folder);
  const build = ofOutput.some(isUnbuilt) ? await buildCommandFix(text, folder) : undefined;
  const rest = fixes.map((fix) => ({ ...fix, preferred: fix.preferred && build === undefined }));
  return ofOutput.flatMap((problem) =>
    [...(build === undefined ? [] : [build]), ...rest].map((fix) => ({ fix, problem })),
  );
}

function isUnbuilt(problem: vscode.Diagnostic): boolean {
  return getRuleId(problem) === 'output.unbuilt';
}

/** What makes an `sdk.config.json` with the build, for a mini-app that has none. */
async function createConfig(
  folder: string,
  problems: readonly vscode.Diagnostic[],
): Promise<vscode.CodeAction[]> {
  const problem = problems.find(isUnbuilt);
  const text = '{}\n';
  const fix = problem === undefined ? undefined : await buildCommandFix(text, folder);
  const [change] = fix?.edits ?? [];
  if (problem === undefined || fix === undefined || change === undefined) {
    return [];
  }
  const title = vscode.l10n.t('Create {0} with "{1}": {2}', CONFIG_FILE, fix.field, fix.value);
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  const contents = text.slice(0, change.start) + change.text + text.slice(change.end);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.createFile(vscode.Uri.file(join(folder, CONFIG_FILE)), {
    contents: Buffer.from(contents),
    ignoreIfExists: true,
  });
  action.isPreferred = true;
  action.diagnostics = [problem];
  return [action];
}

/** One action for all that needs no decision; none when there is nothing of that kind. */
function fixAll(document: vscode.TextDocument): vscode.CodeAction[] {
  const edits = safeFixes(document.getText()).flatMap((fix) => fix.edits);
  if (edits.length === 0) {
    return [];
  }
  const title = vscode.l10n.t('Write all origins as they will be submitted');
  const action = new vscode.CodeAction(title, FIX_ALL);
  action.edit = new vscode.WorkspaceEdit();
  toWorkspaceEdit(action.edit, document, edits);
  return [action];
}

/** What mends the problems of a page or a script. */
export async function actionsInCode(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): Promise<vscode.CodeAction[]> {
  const folder = await findMiniApp(document.uri.fsPath);
  if (folder === undefined) {
    return [];
  }
  const manifest = await vscode.workspace.openTextDocument(join(folder, MANIFEST_FILE));
  const found: { fix: Fix; problem: vscode.Diagnostic; target: vscode.TextDocument }[] = [];
  for (const problem of diagnostics.filter(({ source }) => source === SOURCE)) {
    const at = findProblem(problem, document);
    const isNote = problem.severity === vscode.DiagnosticSeverity.Information;
    const isBaseline = at.rule.startsWith('baseline.') && at.rule !== 'baseline.unchecked';
    if (at.rule === 'version.app-version') {
      const fix = alignAppVersion(at, document.getText(), manifest.getText());
      if (fix !== undefined) {
        found.push({ fix, problem, target: document });
      }
    } else if (isBaseline && !isNote) {
      const fix = declareModernWebview(manifest.getText());
      if (fix !== undefined) {
        found.push({ fix, problem, target: manifest });
      }
    }
  }
  return withoutDoubles(found).map(({ target, ...rest }) => toCodeAction(target, rest));
}

/** Several problems may have the same way out. */
function withoutDoubles<T extends { fix: Fix }>(found: readonly T[]): T[] {
  const keyOf = ({ fix: { kind, value, edits } }: T): string =>
    JSON.stringify([kind, value, edits]);
  const keys = found.map(keyOf);
  return found.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

async function createFixContext(
  folder: string,
  roots: readonly string[],
  problems: readonly vscode.Diagnostic[],
): Promise<FixContext> {
  const needsPictures = problems.some((problem) => NEEDS_PICTURES.includes(getRuleId(problem)));
  const pictures = needsPictures ? await listPictures(roots, 'icon') : [];
  const icons = pictures.filter(({ trouble }) => trouble === undefined).map(({ path }) => path);
  return { folderName: basename(folder), icons };
}

function findProblem(problem: vscode.Diagnostic, document: vscode.TextDocument): ProblemAt {
  const { start, end } = problem.range;
  return {
    rule: getRuleId(problem),
    start: document.offsetAt(start),
    end: document.offsetAt(end),
  };
}

function getRuleId({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

interface FoundFix {
  fix: Fix;
  /** None for what may be done where nothing is wrong. */
  problem?: vscode.Diagnostic;
  /** The folder that new pictures go to. */
  pictures?: string | undefined;
}

/** @param document the one that the fix changes */
function toCodeAction(
  document: vscode.TextDocument,
  { fix, problem, pictures }: FoundFix,
): vscode.CodeAction {
  const kind =
    problem === undefined ? vscode.CodeActionKind.RefactorRewrite : vscode.CodeActionKind.QuickFix;
  const action = new vscode.CodeAction(fixTitle(fix), kind);
  action.isPreferred = problem !== undefined && fix.preferred;
  if (problem !== undefined) {
    action.diagnostics = [problem];
  }
  const edit = new vscode.WorkspaceEdit();
  if (fix.picture !== undefined && pictures !== undefined) {
    const [added] = fix.kind === 'addRequired' ? fix.edits : [];
    const contents = Buffer.from(placeholderIconFor(added?.text ?? document.getText()));
    const file = vscode.Uri.file(join(pictures, fix.picture));
    edit.createFile(file, { contents, ignoreIfExists: true });
  }
  toWorkspaceEdit(edit, document, fix.edits);
  action.edit = edit;
  return action;
}

function toWorkspaceEdit(
  edit: vscode.WorkspaceEdit,
  document: vscode.TextDocument,
  edits: Fix['edits'],
): void {
  for (const { start, end, text } of edits) {
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    edit.replace(document.uri, range, text);
  }
}
