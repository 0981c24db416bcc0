import * as vscode from 'vscode';
import { listSshKeys, type SshKey } from '../../core/api/sshKeys';
import type { Call } from '../../core/consent';
import type { Transport } from '../../core/platform/interfaces';
import { addKey, type AddKeyArguments } from '../keys/addKey';
import { showPicker } from '../ui/pickers';
import type { RealmParts } from '../session/authServices';
import { keyItems, loadKeys, type AddKeyPorts } from '../keys/sshKeyCommands';
import { keysApi } from '../keys/sshKeysView';

/** The operator's keys. Called without an argument, as the palette does, it shows them too. @throws as {@link loadKeys} */
export async function listOperatorKeys(
  parts: RealmParts,
  transport: Transport,
  args: unknown,
): Promise<SshKey[]> {
  const keys = await loadKeys(portsOf(parts, transport));
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
  parts: RealmParts,
  transport: Transport,
  call: Call,
  args: AddKeyArguments,
): Promise<SshKey> {
  return addKey(portsOf(parts, transport), call, args);
}

/** Operators have no view of their keys: they are asked for each time. */
function portsOf({ session, tokens, backendUrl }: RealmParts, transport: Transport): AddKeyPorts {
  const view: AddKeyPorts['view'] = {
    load: (source, signal) => listSshKeys(keysApi({ transport, backendUrl }, source), signal),
    refresh: () => undefined,
  };
  return { session, tokens, transport, backendUrl, view };
}
