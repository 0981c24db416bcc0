import * as vscode from 'vscode';
import type { Problem } from '../../core/problem';

const DIAGNOSTIC_SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

const DIAGNOSTIC_SOURCE = 'i99dash';

/** Checks whether a diagnostic is ours. */
export function isOurs({ source }: vscode.Diagnostic): boolean {
  return source === DIAGNOSTIC_SOURCE;
}

/**
 * Converts a problem to a diagnostic. A problem without a range is at the beginning of its file.
 */
export function toDiagnostic({ severity, rule, message, range }: Problem): vscode.Diagnostic {
  const { start, end } = range ?? { start: { line: 0, character: 0 }, end: undefined };
  const { line, character } = end ?? start;
  const place = new vscode.Range(start.line, start.character, line, character);
  const diagnostic = new vscode.Diagnostic(place, message, DIAGNOSTIC_SEVERITIES[severity]);
  diagnostic.source = DIAGNOSTIC_SOURCE;
  diagnostic.code = rule;
  return diagnostic;
}
