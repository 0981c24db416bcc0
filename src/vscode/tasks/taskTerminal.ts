import { basename } from 'node:path';
import * as vscode from 'vscode';
import { readArguments } from '../../core/commandArguments';
import { BY_TASK } from '../../core/consent';
import { CancelledError, describeError, isI99dashError, type ErrorCode } from '../../core/errors';
import { plural, withoutIsolates } from '../../core/text/l10n';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import type { Problem } from '../../core/problem';
import { ByteRate } from '../../core/text/formatBytes';
import type { Track } from '../../core/publish/publish';
import type { Progress, Stage } from '../../core/publish/stages';
import { chooseProject } from '../publish/chooseProject';
import { showFailure } from '../ui/failure';
import { publishProject } from '../publish/publishCommand';
import type { PublishUi, TaskContext } from '../publish/publishContext';
import { describeProgress, describeResult, whyNotNew } from '../publish/publishMessages';

/**
 * The minimum interval between progress updates, in milliseconds. Files and bytes are reported more
 * often than the user can read.
 */
const TERMINAL_REDRAW_MS = 100;
/**
 * The minimum time before a failing task ends, in milliseconds. If it ends sooner, VS Code reports
 * that the terminal failed to launch.
 */
const LAUNCH_MS = 700;
/**
 * The maximum length of a line, in UTF-16 units; it fits any path with a problem's message. Text
 * from manifests and servers cannot contain terminal control sequences.
 */
const MAX_TERMINAL_LINE = 8_000;
const CLEAR_LINE = '\r\u001B[K';
const [RED, GREEN, PLAIN] = ['\u001B[31m', '\u001B[32m', '\u001B[0m'];

/**
 * Errors that the terminal already reports in full. Other errors also get a notification, because
 * its button leads to the next step.
 */
const TOLD_IN_FULL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'MANIFEST_INVALID',
  'VALIDATION_FAILED',
  'BUILD_FAILED',
]);

/** The definition of a task in `tasks.json`. */
export interface PublishTaskDefinition extends vscode.TaskDefinition {
  type: 'i99dash';
  task: 'validate' | 'dryRun' | 'publish';
  /**
   * The project, relative to the workspace folder. Default: the workspace folder itself, or the
   * project that `i99dash.publish` would choose.
   */
  folder?: string;
  track?: Track;
  releaseNotes?: string;
}

/**
 * Runs a task and prints its stages, the output of the build, and problems in the form
 * `file:line:column: severity rule: message`.
 */
export class TaskTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly ended = new vscode.EventEmitter<number>();
  private readonly cancellation = new AbortController();
  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.ended.event;

  constructor(
    private readonly context: TaskContext,
    private readonly task: PublishTaskDefinition,
  ) {}

  open(): void {
    const { clock } = this.context;
    const since = clock.now();
    void this.run().then((exitCode) => {
      const wait = exitCode === 0 ? 0 : Math.max(0, LAUNCH_MS - (clock.now() - since));
      clock.setTimer(wait, () => this.ended.fire(exitCode));
    });
  }

  /** Called when the user closes the terminal or ends the task. */
  close(): void {
    this.cancellation.abort();
  }

  private async run(): Promise<number> {
    try {
      return this.task.task === 'validate' ? await this.validate() : await this.publish();
    } catch (error) {
      this.tellFailure(error);
      return 1;
    }
  }

  private async validate(): Promise<number> {
    const folder = await chooseProject(this.context.miniApps, this.read().folder);
    const title = vscode.l10n.t('Validating {0}', basename(folder));
    this.print(title);
    const problems = await this.context.validate(folder, this.cancellation.signal);
    this.printProblems(problems);
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    this.print(summarize(errors, problems.length), errors > 0 ? RED : GREEN);
    return errors > 0 ? 1 : 0;
  }

  private async publish(): Promise<number> {
    const { folder, track, releaseNotes } = this.read();
    const wanted = {
      dryRun: this.task.task === 'dryRun',
      ...(folder === undefined ? {} : { folder }),
      ...(track === undefined ? {} : { track }),
      ...(releaseNotes === undefined ? {} : { releaseNotes }),
    };
    await publishProject(this.context, BY_TASK, wanted, this.ui());
    return 0;
  }

  /**
   * Reads and validates the definition in tasks.json. VS Code only warns about invalid values.
   * @throws VALIDATION_FAILED
   */
  private read(): Pick<PublishTaskDefinition, 'folder' | 'track' | 'releaseNotes'> {
    return readArguments('i99dash.publish', this.task);
  }

  private ui(): PublishUi {
    return {
      run: (title, task) => {
        this.print(title);
        const line = new ProgressLine(this.context.clock, (text) => this.written.fire(text));
        return task({
          signal: this.cancellation.signal,
          onProgress: (now) => line.show(now),
          onBuildOutput: (text) => this.written.fire(toTerminal(text)),
          onProblems: (problems) => {
            line.end();
            this.printProblems(problems);
          },
          hideWhile: (question) => question(),
        }).finally(() => line.end());
      },
      showResult: (report) => {
        const { result, publishNext } = report;
        this.print(describeResult(result), GREEN);
        if (publishNext !== undefined) {
          this.print(whyNotNew(report));
        }
        this.print(`SHA-256 ${result.sha256}`);
      },
    };
  }

  private tellFailure(error: unknown): void {
    if (error instanceof CancelledError) {
      this.print(vscode.l10n.t('Cancelled. Nothing was published.'), RED);
      return;
    }
    this.context.logger.error(`The task ${this.task.task} failed: ${describeError(error)}`);
    if (!isI99dashError(error)) {
      this.print(vscode.l10n.t('Something went wrong. The log has the details.'), RED);
      return;
    }
    this.printProblems(error.problems ?? []);
    this.print(`${error.code}: ${error.message}`, RED);
    if (this.task.task !== 'validate' && !TOLD_IN_FULL.has(error.code)) {
      showFailure('i99dash.publish', error, () => this.again());
    }
  }

  /** Runs the task again. VS Code may not rerun exactly the same task. */
  private again(): void {
    void vscode.commands.executeCommand('workbench.action.tasks.reRunTask');
  }

  /**
   * Prints problems. Those that the Problems panel already shows are indented, so that the problem
   * matcher ignores them and they are not duplicated.
   */
  private printProblems(problems: readonly Problem[]): void {
    for (const problem of problems) {
      const { file, range, severity, rule, message } = problem;
      const { line, character } = range?.start ?? { line: 0, character: 0 };
      const place = `${file}:${line + 1}:${character + 1}`;
      const indent = isInPanel(problem) ? '  ' : '';
      this.print(`${indent}${place}: ${severity} ${rule}: ${message}`);
    }
  }

  private print(text: string, colour = ''): void {
    this.written.fire(
      `${colour}${sanitizeLine(withoutIsolates(text), MAX_TERMINAL_LINE)}${PLAIN}\r\n`,
    );
  }
}

/** The progress line of the running stage, which is overwritten as the stage proceeds. */
class ProgressLine {
  private readonly rate: ByteRate;
  private stage: Stage | undefined;
  private text = '';
  private drawnAt = 0;

  constructor(
    private readonly clock: TaskContext['clock'],
    private readonly write: (text: string) => void,
  ) {
    this.rate = new ByteRate(clock);
  }

  show(progress: Progress): void {
    if (progress.stage !== this.stage) {
      this.end();
      this.stage = progress.stage;
      this.drawnAt = 0;
    }
    this.text = withoutIsolates(describeProgress(progress, this.rate));
    if (this.clock.now() - this.drawnAt >= TERMINAL_REDRAW_MS) {
      this.updateProgress();
      // The build's output follows below the stage's name.
      if (progress.stage === 'build') {
        this.write('\r\n');
        this.stage = undefined;
      }
    }
  }

  /** Prints the final state of the line, and starts a new one. */
  end(): void {
    if (this.stage !== undefined) {
      this.updateProgress();
      this.write('\r\n');
      this.stage = undefined;
    }
  }

  private updateProgress(): void {
    this.drawnAt = this.clock.now();
    this.write(`${CLEAR_LINE}${this.text}`);
  }
}

function summarize(errors: number, problems: number): string {
  const inAll = plural(problems, { one: '{0} problem in all', other: '{0} problems in all' });
  return errors === 0
    ? vscode.l10n.t('No errors, {0}', inAll)
    : vscode.l10n.t('{0}, {1}', plural(errors, { one: '{0} error', other: '{0} errors' }), inAll);
}

function toTerminal(text: string): string {
  return text.replaceAll(/\r?\n/gu, '\r\n');
}

function isInPanel({ file, range, rule, message }: Problem): boolean {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(file))
    .some(
      (shown) =>
        shown.code === rule &&
        shown.message === message &&
        shown.range.start.line === (range?.start.line ?? 0),
    );
}
