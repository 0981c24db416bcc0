import * as vscode from 'vscode';
import { listSshKeys, type SshKey } from '../../core/api/sshKeys';
import type { Call } from '../../core/consent';
import type { Transport } from '../../core/platform/interfaces';
import { addKey, type AddKeyArguments } from '../keys/addKey';
import { showPicker } from '../ui/pickers';
import type { AuthServices } from '../session/authServices';
import { keyItems, loadKeys, type AddKeyDeps } from '../keys/sshKeyCommands';
import { keysApi } from '../keys/sshKeysView';

/**
 * Lists the operator's keys. Called without an argument, as from the Command Palette, it also shows
 * them.
 * @throws The errors of {@link loadKeys}.
 */
export async function listOperatorKeys(
  parts: AuthServices,
  transport: Transport,
  args: unknown,
): Promise<SshKey[]> {
  const keys = await loadKeys(createKeyDeps(parts, transport));
  if (args === undefined) {
    const items = keyItems(keys, parts.session.ownSession?.profile.fingerprint);
    void showPicker(items, {
      title: vscode.l10n.t('SSH keys of the operator'),
      placeHolder: keys.length === 0 ? vscode.l10n.t('No key is registered') : '',
      matchOnDetail: true,
    });
  }
  return [...keys];
}

/**
 * Registers a key with the operator's account.
 * @throws The errors of {@link addKey}.
 */
export function addOperatorKey(
  parts: AuthServices,
  transport: Transport,
  call: Call,
  args: AddKeyArguments,
): Promise<SshKey> {
  return addKey(createKeyDeps(parts, transport), call, args);
}

/**
 * Creates the dependencies of the key commands. Operators have no key view, so their keys are
 * loaded each time.
 */
function createKeyDeps(
  { session, tokens, backendUrl }: AuthServices,
  transport: Transport,
): AddKeyDeps {
  const view: AddKeyDeps['view'] = {
    load: (source, signal) => listSshKeys(keysApi({ transport, backendUrl }, source), signal),
    refresh: () => undefined,
  };
  return { session, tokens, transport, backendUrl, view };
}
