import type { Track } from './publish/publish';

/**
 * Who started what a command does. `hand`: a click, the palette, or a keybinding without an argument object.
 * `arguments`: a command called with an argument object, by a keybinding, a workspace or another extension.
 */
type Caller = 'hand' | 'arguments' | 'task' | 'agent';

/**
 * What decides which guarded questions are asked. It is made where a call enters the extension and passed on beside the arguments, so that no
 * argument of a command can be one.
 */
export interface Call {
  readonly caller: Caller;
  /** True: the guarded questions of this call are answered with yes. */
  readonly confirmed: boolean;
}

/** A call that a person started by hand alone. */
export const BY_HAND: Call = { caller: 'hand', confirmed: false };
/** A task of the workspace. */
export const BY_TASK: Call = { caller: 'task', confirmed: false };
/** A tool call of an agent. */
export const BY_AGENT: Call = { caller: 'agent', confirmed: false };

/** What decides whether a publish is asked about. */
export interface PublishRequest {
  call: Call;
  /** The user's own `i99dash.publish.confirm`. */
  setting: 'production' | 'always' | 'never';
  track: Track;
  /** The workspace's settings chose another track than the user's would have. */
  isTrackFromWorkspace: boolean;
  /** The folder is outside the workspace. */
  isOutside: boolean;
  /** Another account or another backend published the app first from this computer. */
  hasOtherPublisher: boolean;
}

/** Whether a person is asked before a bundle is sent. The user's setting counts only for what they start by hand alone. */
export function mustAskToPublish(request: PublishRequest): boolean {
  const { call, setting, track } = request;
  if (call.confirmed) {
    return false;
  }
  const isOwnChoice =
    call.caller === 'hand' &&
    !request.isTrackFromWorkspace &&
    !request.isOutside &&
    !request.hasOtherPublisher;
  return (
    !isOwnChoice || setting === 'always' || (setting === 'production' && track === 'production')
  );
}
