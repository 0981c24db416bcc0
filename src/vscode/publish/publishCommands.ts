import type { Call } from '../../core/consent';
import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { Problems } from '../editor/problems';
import type { PublishArguments } from './publishCommand';
import type { PublishContext } from './publishContext';

/** Returns the commands that check and publish mini-apps. */
export function publishCommands(
  context: PublishContext,
  problems: Problems,
): CommandHandlers<
  'i99dash.validate' | 'i99dash.publish' | 'i99dash.publishToBeta' | 'i99dash.dryRun'
> {
  const publish = async (args: unknown, call: Call, fixed: PublishArguments = {}) =>
    (await import('./publishCommand')).publishMiniApp(context, call, {
      ...argumentObject(args),
      ...fixed,
    });
  return {
    'i99dash.validate': async (args) =>
      (await import('./validateCommand')).validateMiniApp(
        { miniApps: context.miniApps, problems },
        argumentObject(args),
      ),
    'i99dash.publish': (args, call) => publish(args, call),
    'i99dash.publishToBeta': (args, call) => publish(args, call, { track: 'beta' }),
    'i99dash.dryRun': (args, call) => publish(args, call, { dryRun: true }),
  };
}
