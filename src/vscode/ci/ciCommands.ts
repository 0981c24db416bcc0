import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { SetUpCiDeps } from './setUpCi';

/** Returns the commands for publishing from CI. */
export function ciCommands(deps: SetUpCiDeps): CommandHandlers<'i99dash.setUpCi'> {
  return {
    'i99dash.setUpCi': async (args, call) =>
      (await import('./setUpCi')).setUpCi(deps, call, argumentObject(args)),
  };
}
