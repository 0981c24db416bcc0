import * as vscode from 'vscode';
import type { Session } from '../core/session/session';
import type { SessionState } from '../core/session/sessionState';
import { sshFolder } from '../core/platform/homePath';
import { hasPublicKey } from '../core/ssh/keyFolder';
import type { CommandHandler, CommandId } from './commands/commandIds';
import { setContextKey } from './ui/runCommand';

const WALKTHROUGH = 'i99dash.i99dash#firstPublish';
const PUBLISHED = 'i99dash.hasPublished';
const SIGNED_IN_ONCE = 'i99dash.hasSignedIn';

/** The ids of the walkthrough steps, keyed by the context key that completes them. */
const STEP_IDS = {
  hasKey: 'key',
  isKeyRegistered: 'register',
  isSignedIn: 'signIn',
  hasPublished: 'publish',
} as const;

/** A context key that completes a step of the walkthrough. */
type WalkthroughStep = keyof typeof STEP_IDS;

/** The session states with a signed-in account. */
const SIGNED_IN: ReadonlySet<SessionState['kind']> = new Set<SessionState['kind']>([
  ...(['signedIn', 'locked', 'offline', 'environment'] as const),
]);

/**
 * Completes the steps of the walkthrough "Publish your first mini-app" when the user has done them.
 */
export class FirstSteps implements vscode.Disposable {
  private readonly done = new Set<WalkthroughStep>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly session: Session,
    private readonly memory: vscode.Memento,
  ) {
    this.subscriptions = vscode.Disposable.from(
      session.onDidChange(() => this.followSession()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) {
          void this.lookForKey();
        }
      }),
    );
    this.tellSignedInOnce();
    this.followSession();
    void this.lookForKey();
    if (memory.get(PUBLISHED) === true) {
      this.complete('hasPublished');
    }
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Whether the user has ever signed in from this computer. */
  get hasSignedIn(): boolean {
    return this.memory.get(SIGNED_IN_ONCE) === true;
  }

  /** Wraps the command handlers so that their results complete walkthrough steps. */
  watch(handlers: Record<CommandId, CommandHandler>): Record<CommandId, CommandHandler> {
    const noting =
      (id: CommandId, note: (result: unknown) => void): CommandHandler =>
      async (args, call) => {
        const result = await handlers[id](args, call);
        note(result);
        return result;
      };
    const noteKeys = (result: unknown): void => {
      if (!Array.isArray(result) || result.length > 0) {
        this.complete('isKeyRegistered');
      }
    };
    return {
      ...handlers,
      'i99dash.generateKey': noting('i99dash.generateKey', () => this.complete('hasKey')),
      'i99dash.listKeys': noting('i99dash.listKeys', noteKeys),
      'i99dash.addKey': noting('i99dash.addKey', noteKeys),
    };
  }

  /** Records a submission, regardless of what started it. */
  published(): void {
    this.complete('hasPublished');
    void this.memory.update(PUBLISHED, true);
  }

  private followSession(): void {
    const { state, ownSession } = this.session;
    if (SIGNED_IN.has(state.kind)) {
      this.complete('isSignedIn');
      if (!this.hasSignedIn) {
        void this.memory.update(SIGNED_IN_ONCE, true);
        this.tellSignedInOnce();
      }
      if (ownSession?.profile.fingerprint !== undefined) {
        this.complete('hasKey');
        this.complete('isKeyRegistered');
      }
    }
  }

  /**
   * Sets the context key for the welcome texts, which explain signing in only until the first
   * sign-in.
   */
  private tellSignedInOnce(): void {
    void setContextKey(SIGNED_IN_ONCE, this.hasSignedIn);
  }

  private async lookForKey(): Promise<void> {
    if (!this.done.has('hasKey') && (await hasPublicKey(sshFolder()))) {
      this.complete('hasKey');
    }
  }

  /** Completes a step. A completed step stays completed, as in the walkthrough. */
  private complete(step: WalkthroughStep): void {
    if (!this.done.has(step)) {
      this.done.add(step);
      void setContextKey(`i99dash.${step}`, true);
      void markComplete(step);
    }
  }
}

/**
 * Marks a step as complete in VS Code. Its context key alone is not enough: VS Code loads a
 * walkthrough when it is first opened, ignores context keys that are already set, and leaves the
 * step open until the window reloads.
 */
async function markComplete(step: WalkthroughStep): Promise<void> {
  try {
    await vscode.commands.executeCommand(
      'welcome.markStepComplete',
      `${WALKTHROUGH}#${STEP_IDS[step]}`,
    );
  } catch {
    // VS Code saves the step, but rejects because it has not loaded the walkthrough yet.
  }
}

/**
 * Opens the walkthrough. Cursor does not show walkthroughs, so this focuses the view whose welcome
 * text has the same steps.
 */
export async function openFirstSteps(): Promise<void> {
  if (/cursor/iu.test(vscode.env.appName)) {
    await vscode.commands.executeCommand('i99dash.sshKeys.focus');
    return;
  }
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
}
