import type { Call } from '../../core/consent';

export const COMMAND_IDS = [
  'i99dash.signIn',
  'i99dash.signOut',
  'i99dash.whoAmI',
  'i99dash.unlock',
  'i99dash.validate',
  'i99dash.publish',
  'i99dash.publishTheme',
  'i99dash.publishToBeta',
  'i99dash.dryRun',
  'i99dash.publishBuilt',
  'i99dash.saveBundle',
  'i99dash.makeMiniApp',
  'i99dash.createProject',
  'i99dash.preview',
  'i99dash.stopPreview',
  'i99dash.previewTheme',
  'i99dash.generateKey',
  'i99dash.copyPublicKey',
  'i99dash.setUpCi',
  'i99dash.listKeys',
  'i99dash.addKey',
  'i99dash.removeKey',
  'i99dash.replaceKey',
  'i99dash.refreshKeys',
  'i99dash.copyFingerprint',
  'i99dash.rotateApiKey',
  'i99dash.checkSetup',
  'i99dash.copyDiagnostics',
  'i99dash.showLog',
  'i99dash.showAccountMenu',
  'i99dash.status',
  'i99dash.refreshApps',
  'i99dash.showWorkspaceApps',
  'i99dash.showAllApps',
  'i99dash.publishApp',
  'i99dash.openAppFolder',
  'i99dash.openAppInWebConsole',
  'i99dash.promoteToBeta',
  'i99dash.promoteToProduction',
  'i99dash.endBeta',
  'i99dash.listTesters',
  'i99dash.inviteTesters',
  'i99dash.removeTester',
  'i99dash.requestAccess',
  'i99op.signIn',
  'i99op.signOut',
  'i99op.unlock',
  'i99op.showConfig',
  'i99op.balance',
  'i99op.listKeys',
  'i99op.addKey',
  'i99op.showAccountMenu',
] as const;

/** The id of a command. */
export type CommandId = (typeof COMMAND_IDS)[number];

/**
 * Runs a command.
 * @param args The validated arguments, without `confirmed`.
 * @param call How the command was called.
 */
export type CommandHandler = (args: unknown, call: Call) => Promise<unknown>;

/** The handlers of some commands. */
export type CommandHandlers<Id extends CommandId = CommandId> = Record<Id, CommandHandler>;
