/**
 * The activation bench's part inside VS Code. It writes the activation times by extension ID as
 * JSON to the file in the environment variable `I99DASH_BENCH_REPORT`.
 */
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { activations, loadedIn, type Activation, type Mark } from './activations';

export async function run(): Promise<void> {
  for (const id of ['i99dash.i99dash', 'vscode.git']) {
    await vscode.extensions.getExtension(id)?.activate();
  }
  const marks = marksOfHost();
  const report: Record<string, Activation> = {};
  for (const [id, { loadCode, callActivate }] of Object.entries(
    activations(await startupPerformance()),
  )) {
    report[id] = { loadCode: loadedIn(marks, id) ?? loadCode, callActivate };
  }
  await writeFile(process.env['I99DASH_BENCH_REPORT'] ?? '', JSON.stringify(report));
}

/** Returns the text of "Developer: Startup Performance". */
async function startupPerformance(): Promise<string> {
  const opened = new Promise<vscode.TextDocument>((resolve) => {
    const isComplete = (document: vscode.TextDocument): boolean =>
      document.uri.scheme === 'perf' && document.getText().includes('vscode.git');
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isComplete(document)) resolve(document);
    });
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (isComplete(document)) resolve(document);
    });
  });
  await vscode.commands.executeCommand('perfview.show');
  return (await opened).getText();
}

/** Returns the performance marks of the extension host while it starts extensions. */
function marksOfHost(): readonly Mark[] {
  const host = globalThis as { MonacoPerformanceMarks?: { getMarks(): readonly Mark[] } };
  return host.MonacoPerformanceMarks?.getMarks() ?? performance.getEntriesByType('mark');
}
