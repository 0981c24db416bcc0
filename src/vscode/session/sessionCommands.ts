import type * as vscode from 'vscode';
import type { Call } from '../../core/consent';
import type { Identity } from '../../core/identity';
import { argumentObject } from '../commands/argumentObject';
import type { CommandHandlers } from '../commands/commandIds';
import type { AuthServices } from './authServices';
import { DeviceCodeBackends } from './deviceCodeBackends';
import type { SignInArguments } from './signInCommand';

type SignIn = (call: Call, args?: SignInArguments) => Promise<Identity>;

/** Returns the function that signs in, which loads its code when it is called. */
export function createSignIn(
  { session, knownBackends }: AuthServices,
  globalState: vscode.Memento,
): SignIn {
  const deviceCodes = new DeviceCodeBackends(globalState);
  return async (call, args = {}) =>
    (await import('./signInCommand')).signIn({ session, knownBackends, deviceCodes }, call, args);
}

/** Returns the commands for signing in and out. */
export function sessionCommands(
  { session, tokens, scheduler, backendForPeople }: AuthServices,
  signIn: SignIn,
): CommandHandlers<
  | 'i99dash.signIn'
  | 'i99dash.signOut'
  | 'i99dash.whoAmI'
  | 'i99dash.unlock'
  | 'i99dash.rotateApiKey'
  | 'i99dash.showAccountMenu'
> {
  return {
    'i99dash.signIn': (args, call) => signIn(call, argumentObject(args)),
    'i99dash.signOut': async () => (await import('./signOut')).signOut(session),
    'i99dash.whoAmI': async () => (await import('./whoAmI')).whoAmI(session, tokens),
    'i99dash.unlock': async () =>
      (await import('../keys/unlock')).unlockNow(session, scheduler, tokens),
    'i99dash.rotateApiKey': async (_args, call) =>
      (await import('./signInWithDeviceCode')).rotateApiKey(session, call),
    'i99dash.showAccountMenu': async () => {
      const { developerItems, showAccountMenu } = await import('./accountMenu');
      return showAccountMenu(session, backendForPeople(), developerItems(session));
    },
  };
}
