import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { ReplaceKeyDeps } from './replaceKeyCommand';

/** Returns the commands for SSH keys. */
export function keyCommands(
  deps: ReplaceKeyDeps,
): CommandHandlers<
  | 'i99dash.generateKey'
  | 'i99dash.copyPublicKey'
  | 'i99dash.listKeys'
  | 'i99dash.addKey'
  | 'i99dash.removeKey'
  | 'i99dash.replaceKey'
  | 'i99dash.refreshKeys'
  | 'i99dash.copyFingerprint'
> {
  const { session, view } = deps;
  const generating = () => import('./generateKeyCommand');
  const registered = () => import('./sshKeyCommands');
  return {
    'i99dash.generateKey': async (args) =>
      (await generating()).generateKeyCommand(session, argumentObject(args)),
    'i99dash.copyPublicKey': async (args) =>
      (await generating()).copyPublicKey(session, argumentObject(args)),
    'i99dash.listKeys': async (args) => (await registered()).listKeys(deps, args),
    'i99dash.addKey': async (args, call) =>
      (await import('./addKey')).addKey(deps, call, argumentObject(args)),
    'i99dash.removeKey': async (args, call) =>
      (await registered()).removeKeyCommand(deps, call, argumentObject(args)),
    'i99dash.replaceKey': async (args, call) =>
      (await import('./replaceKeyCommand')).replaceKey(deps, call, argumentObject(args)),
    'i99dash.refreshKeys': () => {
      view.refresh();
      return Promise.resolve();
    },
    'i99dash.copyFingerprint': async (row) => (await registered()).copyFingerprint(row),
  };
}
