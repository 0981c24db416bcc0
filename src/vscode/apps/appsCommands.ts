import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { Apps } from './apps';

/** Returns the commands for published apps and their view. */
export function appsCommands(
  apps: Apps,
): CommandHandlers<
  | 'i99dash.status'
  | 'i99dash.refreshApps'
  | 'i99dash.showWorkspaceApps'
  | 'i99dash.showAllApps'
  | 'i99dash.publishApp'
  | 'i99dash.openAppFolder'
  | 'i99dash.openAppInWebConsole'
  | 'i99dash.promoteToBeta'
  | 'i99dash.promoteToProduction'
  | 'i99dash.endBeta'
  | 'i99dash.requestAccess'
> {
  const commands = () => import('./appActions');
  return {
    'i99dash.status': async (args) => (await commands()).showStatus(apps, argumentObject(args)),
    'i99dash.refreshApps': () => apps.view.refresh(),
    'i99dash.showWorkspaceApps': () => apps.view.filter('workspace'),
    'i99dash.showAllApps': () => apps.view.filter('all'),
    'i99dash.publishApp': async (row) => (await commands()).publishApp(row),
    'i99dash.openAppFolder': async (row) => (await commands()).openAppFolder(row),
    'i99dash.openAppInWebConsole': async (row) => (await commands()).openAppInWebConsole(row),
    'i99dash.promoteToBeta': async (row, call) =>
      (await commands()).promoteAppToBeta(apps, call, row),
    'i99dash.promoteToProduction': async (row, call) =>
      (await commands()).promoteAppToProduction(apps, call, row),
    'i99dash.endBeta': async (row, call) => (await commands()).endAppBeta(apps, call, row),
    'i99dash.requestAccess': async () => (await commands()).requestAccess(),
  };
}
