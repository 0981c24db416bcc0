import * as vscode from 'vscode';
import type { SshKey } from '../../core/api/sshKeys';
import type { Call } from '../../core/consent';
import { CancelledError } from '../../core/errors';
import { removeKey as removeRegisteredKey } from '../../core/account/removeKey';
import { sanitizeLine } from '../../core/text/sanitizeLine';
import {
  consequencesOfRemoval,
  type RemovalConsequences,
} from '../../core/account/removalConsequences';
import type { TokenSource } from '../../core/platform/interfaces';
import { orCancel } from '../ui/ask';
import { Click, confirmGuarded } from '../ui/consent';
import { showPicker } from '../ui/pickers';
import { plainFacts, plainLabel, plainText } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';
import { runCommand } from '../ui/runCommand';
import { TreeNode } from '../ui/treeNode';
import { keyFacts, purposeName, usedWhen } from './sshKeyNode';
import { keysApi, requireKey, type SshKeysDeps, type SshKeysView } from './sshKeysView';

export interface AddKeyDeps extends SshKeysDeps {
  /** Token source that asks for the passphrase of an encrypted key. */
  tokens: TokenSource;
  view: Pick<SshKeysView, 'load' | 'refresh'>;
}

export interface SshKeyCommandDeps extends AddKeyDeps {
  view: SshKeysView;
}

export interface RemoveKeyArguments {
  id?: string;
}

/**
 * Lists the account's keys. Called without an argument, as from the Command Palette, it also
 * focuses their view.
 * @throws The errors of {@link loadKeys}.
 */
export async function listKeys(deps: SshKeyCommandDeps, args: unknown): Promise<SshKey[]> {
  const keys = await loadKeys(deps);
  if (args === undefined) {
    await vscode.commands.executeCommand('i99dash.sshKeys.focus');
  }
  return [...keys];
}

/**
 * Loads the account's keys. Shows a notification if that takes a while.
 * @throws CancelledError and the errors of the API client
 */
export async function loadKeys({
  view,
  tokens,
}: Pick<AddKeyDeps, 'view' | 'tokens'>): Promise<readonly SshKey[]> {
  return withDelayedProgress(vscode.l10n.t('Loading your SSH keys…'), (signal) =>
    view.load(tokens, signal),
  );
}

/**
 * Removes a key from the account. Asks which key and for confirmation, and for a second
 * confirmation if the removal would lock the user out.
 * @throws KEY_NOT_FOUND if the key is not registered
 * @throws CancelledError and the errors of the API client
 */
export async function removeKeyCommand(
  deps: SshKeyCommandDeps,
  call: Call,
  { id }: RemoveKeyArguments,
): Promise<true> {
  const { session, tokens, view } = deps;
  const keys = await loadKeys(deps);
  const key = id === undefined ? await pickKey(keys, view) : requireKey(keys, id);
  await confirmRemoval(call, key, consequencesOfRemoval(key, keys, view.sessionFingerprint));
  const api = keysApi(deps, tokens);
  await withDelayedProgress(vscode.l10n.t('Removing the key…'), (signal) =>
    removeRegisteredKey(api, key.id, signal),
  ).finally(() => view.refresh());
  // The session may have changed since the confirmation.
  const endsSession = key.fingerprint === view.sessionFingerprint;
  if (endsSession) {
    await session.signOut();
  }
  void vscode.window.showInformationMessage(
    plainText(
      endsSession
        ? vscode.l10n.t('The key “{0}” is removed, and you are signed out.', key.name)
        : vscode.l10n.t('The key “{0}” is removed.', key.name),
    ),
  );
  return true;
}

/** Copies the fingerprint of a key in the view. */
export async function copyFingerprint(row: unknown): Promise<void> {
  const fingerprint = row instanceof TreeNode ? row.args.fingerprint : undefined;
  if (fingerprint !== undefined) {
    await vscode.env.clipboard.writeText(fingerprint);
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Fingerprint copied'), 3_000);
  }
}

/**
 * Creates picker items for keys.
 * @param sessionFingerprint Fingerprint of the key that the session signs with.
 */
export function keyItems(
  keys: readonly SshKey[],
  sessionFingerprint: string | undefined,
): (vscode.QuickPickItem & { key: SshKey })[] {
  return keys.map((key) => ({
    label: `$(key) ${plainLabel(key.name)}`,
    description: plainFacts(keyFacts(key, key.fingerprint === sessionFingerprint)),
    detail: plainLabel(key.fingerprint),
    key,
  }));
}

async function pickKey(keys: readonly SshKey[], view: SshKeysView): Promise<SshKey> {
  const items = keyItems(keys, view.sessionFingerprint);
  const picked = await showPicker(items, {
    title: vscode.l10n.t('Remove which SSH key?'),
    placeHolder: keys.length === 0 ? vscode.l10n.t('No key is registered') : '',
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return orCancel(picked).key;
}

/**
 * Asks for confirmation of a removal, and for a second confirmation if it would lock the user out.
 * @throws CancelledError
 */
async function confirmRemoval(
  call: Call,
  key: SshKey,
  consequences: RemovalConsequences,
): Promise<void> {
  const remove = vscode.l10n.t('Remove');
  const detail = vscode.l10n.t(
    '{0}\n{1}, {2}\n\nThe key can no longer sign in. Its files stay where they are.',
    sanitizeLine(key.fingerprint),
    purposeName(key.purpose),
    usedWhen(key),
  );
  const message = vscode.l10n.t('Remove the SSH key “{0}”?', key.name);
  await confirmGuarded(call, { message, detail: [detail], buttons: [remove] });
  const { endsSession, isLastLoginKey } = consequences;
  if (!endsSession && !isLastLoginKey) {
    return;
  }
  const replace = vscode.l10n.t('Replace It Instead…');
  const answer = await confirmGuarded(call, {
    message: endsSession
      ? vscode.l10n.t('You are signed in with “{0}”. Remove it anyway?', key.name)
      : vscode.l10n.t('“{0}” is your last key for signing in. Remove it anyway?', key.name),
    detail: [explainRemoval(consequences)],
    buttons: [vscode.l10n.t('Remove Anyway'), ...(endsSession ? [replace] : [])],
  });
  if (answer === replace) {
    void runCommand('i99dash.replaceKey', new Click({}));
    throw new CancelledError();
  }
}

function explainRemoval({ endsSession, isLastLoginKey }: RemovalConsequences): string {
  return [
    ...(endsSession
      ? [
          vscode.l10n.t(
            'You will be signed out in every window, and this key will not sign you in again.',
          ),
        ]
      : []),
    ...(isLastLoginKey
      ? [
          vscode.l10n.t(
            'No other key of your account can sign in. To come back you will have to register a key in the web console first.',
          ),
        ]
      : []),
  ].join('\n\n');
}
