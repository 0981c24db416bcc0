import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Maps stack traces of modules loaded from now on to their source lines by their inline source
 * maps. Node's own option has no effect where the host formats stack traces itself, like VS Code's
 * extension host.
 */
export function mapStackTraces(): void {
  process.setSourceMapsEnabled(true);
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) => `\n    at ${describeFrame(frame)}`);
    return `${Error.prototype.toString.call(error)}${lines.join('')}`;
  };
}

function describeFrame(frame: NodeJS.CallSite): string {
  const position = originalPosition(frame) ?? compiledPosition(frame);
  const name = frame.getFunctionName();
  return name === null || name === '' ? position : `${name} (${position})`;
}

function compiledPosition(frame: NodeJS.CallSite): string {
  const file = frame.getFileName() ?? '<anonymous>';
  return `${file}:${frame.getLineNumber() ?? 0}:${frame.getColumnNumber() ?? 0}`;
}

function originalPosition(frame: NodeJS.CallSite): string | undefined {
  const map = findSourceMap(frame.getFileName() ?? '');
  // Frames count lines and columns from one, source maps from zero.
  const entry = map?.findEntry(
    (frame.getLineNumber() ?? 1) - 1,
    (frame.getColumnNumber() ?? 1) - 1,
  );
  if (entry === undefined || !('originalSource' in entry)) return undefined;
  const { originalSource, originalLine, originalColumn } = entry;
  const file = originalSource.startsWith('file:') ? fileURLToPath(originalSource) : originalSource;
  return `${file}:${originalLine + 1}:${originalColumn + 1}`;
}
