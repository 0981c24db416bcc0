import type * as vscode from 'vscode';
import type { Session } from '../../core/session/session';
import type { CommandHandlers } from '../commands/commandIds';
import type { SetupCommandDeps } from './checkSetup';

interface SupportDeps extends SetupCommandDeps {
  session: Session;
  log: vscode.LogOutputChannel;
  extension: vscode.Extension<unknown>;
  /** Returns the name of the backend for users. */
  backend: () => string;
}

/** Returns the commands that help to find out why something does not work. */
export function supportCommands(
  deps: SupportDeps,
): CommandHandlers<'i99dash.checkSetup' | 'i99dash.copyDiagnostics' | 'i99dash.showLog'> {
  return {
    'i99dash.checkSetup': async (_args, call) =>
      (await import('./checkSetup')).checkSetupCommand(deps, call),
    'i99dash.copyDiagnostics': async () =>
      (await import('../diagnostics')).copyDiagnostics(
        deps.session,
        deps.extension,
        deps.backend(),
      ),
    'i99dash.showLog': () => {
      deps.log.show();
      return Promise.resolve();
    },
  };
}
