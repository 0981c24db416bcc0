import type { Track } from './publish/publish';

/**
 * What started a command. `hand`: a click, the Command Palette, or a keybinding without an
 * arguments object. `arguments`: a call with an arguments object, from a keybinding, a workspace or
 * another extension.
 */
type Caller = 'hand' | 'arguments' | 'task' | 'agent';

/**
 * Decides which guarded confirmations are shown. It is created where a call enters the extension
 * and is passed separately from the arguments, so that no command argument can forge it.
 */
export interface Call {
  readonly caller: Caller;
  /** Whether the guarded confirmations of this call are skipped and count as accepted. */
  readonly confirmed: boolean;
}

/** A call that the user started directly. */
export const BY_HAND: Call = { caller: 'hand', confirmed: false };
/** A call from a task of the workspace. */
export const BY_TASK: Call = { caller: 'task', confirmed: false };
/** A tool call from an agent. */
export const BY_AGENT: Call = { caller: 'agent', confirmed: false };

/** Input that decides whether a publish needs a confirmation. */
export interface PublishRequest {
  call: Call;
  /** The value of `i99dash.publish.confirm` in the user settings. */
  setting: 'production' | 'always' | 'never';
  track: Track;
  /** Whether the workspace settings select another track than the user settings would. */
  isTrackFromWorkspace: boolean;
  /** Whether the folder is outside the workspace. */
  isOutside: boolean;
  /** Whether the app was first published from this computer with another account or backend. */
  hasOtherPublisher: boolean;
  /** The checks found something that speaks against it. */
  hasWarnings: boolean;
}

/**
 * Checks whether the user must confirm before a bundle is sent. The user's setting applies only to
 * calls that the user started directly. Warnings are asked about on every track, unless the setting
 * is `never`.
 */
export function mustAskToPublish(request: PublishRequest): boolean {
  const { call, setting, track, hasWarnings } = request;
  if (call.confirmed) {
    return false;
  }
  const isOwnChoice =
    call.caller === 'hand' &&
    !request.isTrackFromWorkspace &&
    !request.isOutside &&
    !request.hasOtherPublisher;
  const isAskedFor = track === 'production' || hasWarnings;
  return !isOwnChoice || setting === 'always' || (setting === 'production' && isAskedFor);
}
