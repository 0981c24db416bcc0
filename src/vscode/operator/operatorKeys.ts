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
 * The operator's keys. Called without an argument, as the palette does, it shows them too.
 * @throws as {@link loadKeys}
 */
export async function listOperatorKeys(
  parts: AuthServices,
  transport: Transport,
  args: unknown,
): Promise<SshKey[]> {
  const keys = await loadKeys(createKeyDeps(parts, transport));
  if (args === undefined) {
    const items = keyItems(keys, parts.session.stored?.profile.fingerprint);
    void showPicker(items, {
      title: vscode.l10n.t('SSH keys of the operator'),
      placeHolder: keys.length === 0 ? vscode.l10n.t('No key is registered') : '',
      matchOnDetail: true,
    });
  }
  return [...keys];
}

/** As {@link addKey}, with the operator's account. */
export function addOperatorKey(
  parts: AuthServices,
  transport: Transport,
  call: Call,
  args: AddKeyArguments,
): Promise<SshKey> {
  return addKey(createKeyDeps(parts, transport), call, args);
}

/** Operators have no view of their keys: they are asked for each time. */
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
