import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers, CommandId } from '../commands/commandIds';
import type { OperatorFeature } from './operatorFeature';

/** Returns the commands for support operators. */
export function operatorCommands(
  feature: OperatorFeature,
): CommandHandlers<Extract<CommandId, `i99op.${string}`>> {
  return {
    'i99op.signIn': async (args, call) =>
      (await feature.require()).signIn(call, argumentObject(args)),
    'i99op.signOut': async () => (await feature.require()).signOut(),
    'i99op.unlock': async () => (await feature.require()).unlock(),
    'i99op.showConfig': async () => (await feature.require()).showConfig(),
    'i99op.balance': async () => (await feature.require()).balance(),
    'i99op.listKeys': async (args) => (await feature.require()).listKeys(args),
    'i99op.addKey': async (args, call) =>
      (await feature.require()).addKey(call, argumentObject(args)),
    'i99op.showAccountMenu': async () => (await feature.require()).showAccountMenu(),
  };
}
