import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { Apps } from '../apps/apps';

/** Returns the commands for beta testers. */
export function testersCommands(
  apps: Apps,
): CommandHandlers<'i99dash.listTesters' | 'i99dash.inviteTesters' | 'i99dash.removeTester'> {
  const commands = () => import('./testerCommands');
  return {
    'i99dash.listTesters': async (args, call) =>
      (await commands()).listTesters(apps, call, argumentObject(args)),
    'i99dash.inviteTesters': async (args, call) =>
      (await commands()).inviteTesters(apps, call, argumentObject(args)),
    'i99dash.removeTester': async (args, call) =>
      (await commands()).removeTester(apps, call, argumentObject(args)),
  };
}
