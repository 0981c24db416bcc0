import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { CONFIG_FILE } from '../../core/miniAppFolder';
import type { Fix, FixContext, ProblemAt } from '../../core/publish/editing/fix';
import { buildCommandFix, outputFolderFixes } from '../../core/publish/editing/configFixes';
import { fixesFor, rewritesAt, safeFixes } from '../../core/publish/editing/fixes';
import { alignAppVersion, declareModernWebview } from '../../core/publish/editing/crossFileFixes';
import { listPictures } from '../../core/publish/editing/pictures';
import { addRequiredFix } from '../../core/publish/editing/requiredFixes';
import { ICON } from '../../core/publish/project/pictureFields';
import { placeholderIconFor } from '../../core/publish/project/placeholderIcon';
import { findProject } from '../../core/projectFolders';
import { fixTitle } from './fixTitles';
import { isOurs } from './problemDiagnostic';
import { getPictureRoots, projectDocument, type ProjectDocument } from './projectDocument';

/** The kind for `editor.codeActionsOnSave`, which also matches `source.fixAll`. */
const FIX_ALL = vscode.CodeActionKind.SourceFixAll.append('i99dash');
/** Rules whose fixes depend on the existing pictures. */
const NEEDS_PICTURES = ['manifest.icon.required', 'asset.missing'];
/** Rules that report a missing field of the manifest itself. */
const IS_MISSING = /^\w+\.\w+\.required$/u;

/**
 * Returns the fixes for problems of a project's JSON file in a range. In a manifest,
 * also returns the actions for the value there, and all safe fixes at once if requested.
 */
export async function jsonFileActions(
  document: vscode.TextDocument,
  range: vscode.Range,
  context: vscode.CodeActionContext,
): Promise<vscode.CodeAction[]> {
  const ours = await projectDocument({
    path: document.uri.fsPath,
    text: document.getText(),
  });
  if (ours === undefined) {
    return [];
  }
  const isManifest = ours.kind !== 'config';
  const problems = context.diagnostics.filter(isOurs);
  const roots = problems.length === 0 ? [] : await getPictureRoots(ours);
  const fixContext = await createFixContext(ours, roots, problems);
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

/** Returns one fix for all missing required fields, even in a blank file. */
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

/** Returns fixes that set the build's output folder in `sdk.config.json`. */
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

/** Returns a fix that creates an `sdk.config.json` with the build, for a mini-app without one. */
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

/** Returns one action for all fixes that need no decision, or none if there are no such fixes. */
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

/** Returns the fixes for problems of a page or a script. */
export async function actionsInCode(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): Promise<vscode.CodeAction[]> {
  const project = await findProject(document.uri.fsPath);
  if (project === undefined) {
    return [];
  }
  const path = join(project.folder, project.kind.manifestFile);
  const manifest = await vscode.workspace.openTextDocument(path);
  const found: { fix: Fix; problem: vscode.Diagnostic; target: vscode.TextDocument }[] = [];
  for (const problem of diagnostics.filter(isOurs)) {
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

/** Removes duplicate fixes, because several problems can have the same fix. */
function withoutDoubles<T extends { fix: Fix }>(found: readonly T[]): T[] {
  const toKey = ({ fix: { kind, value, edits } }: T): string =>
    JSON.stringify([kind, value, edits]);
  const keys = found.map(toKey);
  return found.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

async function createFixContext(
  { kind, folder }: ProjectDocument,
  roots: readonly string[],
  problems: readonly vscode.Diagnostic[],
): Promise<FixContext> {
  const needsPictures = problems.some((problem) => NEEDS_PICTURES.includes(getRuleId(problem)));
  const pictures = needsPictures ? await listPictures(roots, ICON) : [];
  const icons = pictures.filter(({ trouble }) => trouble === undefined).map(({ path }) => path);
  return { kind, folderName: basename(folder), icons };
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
  /** Undefined for an action without a problem. */
  problem?: vscode.Diagnostic;
  /** The folder for new pictures. */
  pictures?: string | undefined;
}

/** @param document the document that the fix changes */
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
