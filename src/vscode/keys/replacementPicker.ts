import * as vscode from 'vscode';
import { discoverKeys } from '../../core/ssh/keyDiscovery';
import { sshFolder } from '../../core/platform/homePath';
import { agentKeysToOffer } from './agentKeys';
import { pickChoice, separator, type Choice } from '../ui/quickPick';
import {
  agentItem,
  browseItem,
  chooseNewKey,
  fileItem,
  type KeyChoice,
} from '../session/signInPicker';

/**
 * Asks the user for the key to sign in with from now on.
 * @param replaced Fingerprint of the replaced key.
 * @throws CancelledError and the errors of {@link chooseNewKey}
 */
export function pickReplacement(replaced: string): Promise<KeyChoice> {
  return pickKeyBut(replaced, {
    title: vscode.l10n.t('Replace the SSH key: by which'),
    placeHolder: vscode.l10n.t('Choose the key to sign in with from now on'),
  });
}

/**
 * Asks the user for another key to sign in with.
 * @param fingerprint Fingerprint of the key to exclude.
 * @throws CancelledError and the errors of {@link chooseNewKey}
 */
export function pickOtherKey(fingerprint: string): Promise<KeyChoice> {
  return pickKeyBut(fingerprint, {
    title: vscode.l10n.t('Sign in with another key'),
    placeHolder: vscode.l10n.t('A new key is one of its own for this backend'),
  });
}

/** Asks the user for a key other than the given one. Omits agent keys that are also in a file. */
async function pickKeyBut(
  replaced: string,
  texts: { title: string; placeHolder: string },
): Promise<KeyChoice> {
  const isOther = ({ fingerprint }: { fingerprint: string }): boolean => fingerprint !== replaced;
  const files = (await discoverKeys(sshFolder())).filter(isOther);
  const isInFile = new Set(files.map(({ fingerprint }) => fingerprint));
  const inAgent = (await agentKeysToOffer()).filter(
    (key) => isOther(key) && !isInFile.has(key.fingerprint),
  );
  const items: Choice<KeyChoice>[] = [
    { label: `$(add) ${vscode.l10n.t('Generate a New Key…')}`, choose: chooseNewKey },
    ...(files.length === 0 ? [] : [separator('')]),
    ...files.map(fileItem),
    ...(inAgent.length === 0 ? [] : [separator(vscode.l10n.t('SSH agent'))]),
    ...inAgent.map(agentItem),
    separator(''),
    browseItem(),
  ];
  return pickChoice(items, texts);
}
