import * as vscode from 'vscode';
import type { KeyPurpose, SshKey } from '../../core/api/sshKeys';
import type { Call } from '../../core/consent';
import { abbreviateHome, sshFolder } from '../../core/platform/homePath';
import {
  findKeyCandidates,
  readCandidate,
  suggestedName,
  type KeyCandidate,
} from '../../core/account/keyCandidates';
import {
  assertNotRegistered,
  toKeyName,
  MAX_NAME_LENGTH,
  registerKey,
} from '../../core/account/registerKey';
import { agentKeysToOffer } from './agentKeys';
import { orCancel } from '../ui/ask';
import { browseForKeyFile, pickChoice, separator, type Choice } from '../ui/quickPick';
import { confirmGuarded } from '../ui/consent';
import { makeKey } from './generateKeyCommand';
import { assertSameAccount, getIdentity } from '../session/getIdentity';
import { showInput, showPicker } from '../ui/pickers';
import { plainLabel, plainText } from '../ui/plainText';
import { withDelayedProgress } from '../ui/progress';
import { registrationLines, type Registration } from './registerQuestion';
import { loadKeys, type AddKeyDeps } from './sshKeyCommands';
import { keysApi } from './sshKeysView';

export interface AddKeyArguments {
  publicKeyPath?: string;
  name?: string;
  purpose?: KeyPurpose;
}

type CandidateItem = Choice<KeyCandidate>;

/**
 * Registers a public key. Asks the user for anything that the arguments do not provide, and for
 * confirmation. If a name but no purpose is given, the purpose is `login`.
 * @throws NOT_SIGNED_IN
 * @throws KEY_* if the file is unsuitable or the key is already registered
 * @throws CancelledError and the errors of the API client
 */
export async function addKey(deps: AddKeyDeps, call: Call, args: AddKeyArguments): Promise<SshKey> {
  const { blob, ...candidate } = await (args.publicKeyPath === undefined
    ? pickCandidate(deps)
    : readCandidate(args.publicKeyPath));
  // Check this before asking the user anything.
  assertNotRegistered(await loadKeys(deps), candidate.fingerprint);
  const name = args.name ?? (await askForKeyName(suggestedName(candidate)));
  const purpose =
    args.purpose ?? (args.name === undefined ? await askForPurpose(name) : ('login' as const));
  const account = await getIdentity(deps);
  const backendUrl = deps.backendUrl();
  const api = keysApi(deps, deps.tokens);
  await confirmRegistration(call, {
    fingerprint: candidate.fingerprint,
    name: toKeyName(name),
    purpose,
    account,
    backendUrl,
  });
  await assertSameAccount(deps, account);
  const key = await withDelayedProgress(vscode.l10n.t('Registering the key…'), (signal) =>
    registerKey(api, { blob, name, purpose }, signal),
  ).finally(() => deps.view.refresh());
  void vscode.window.showInformationMessage(
    plainText(
      purpose === 'attest'
        ? vscode.l10n.t(
            'The key “{0}” is registered. It can publish native apps, and nothing else.',
            key.name,
          )
        : vscode.l10n.t('The key “{0}” is registered. You can sign in with it.', key.name),
    ),
  );
  return key;
}

async function confirmRegistration(call: Call, registration: Registration): Promise<void> {
  await confirmGuarded(call, {
    message: vscode.l10n.t('Register this SSH key with your account?'),
    detail: [
      ...registrationLines(registration),
      '',
      registration.purpose === 'attest'
        ? vscode.l10n.t('Anyone who has its private key can publish native apps in your name.')
        : vscode.l10n.t('Anyone who has its private key can sign in as you.'),
    ],
    buttons: [vscode.l10n.t('Register Key')],
  });
}

async function pickCandidate(deps: AddKeyDeps): Promise<KeyCandidate> {
  const registered = new Set((await loadKeys(deps)).map(({ fingerprint }) => fingerprint));
  const candidates = await findKeyCandidates(sshFolder(), await agentKeysToOffer(), registered);
  const files = candidates.filter(({ path }) => path !== undefined);
  const inAgent = candidates.filter(({ path }) => path === undefined);
  const items: CandidateItem[] = [
    ...files.map(candidateItem),
    ...(inAgent.length === 0 ? [] : [separator(vscode.l10n.t('SSH agent'))]),
    ...inAgent.map(candidateItem),
    separator(''),
    {
      label: `$(add) ${vscode.l10n.t('Generate a New Key…')}`,
      choose: async () => readCandidate((await makeKey()).key.publicKeyPath),
    },
    {
      label: `$(folder-opened) ${vscode.l10n.t('Browse for a Public Key…')}`,
      choose: browse,
    },
  ];
  return pickChoice(items, {
    title: vscode.l10n.t('Add SSH Key (1/3): Key'),
    placeHolder:
      candidates.length === 0
        ? vscode.l10n.t('No ed25519 key in ~/.ssh that is not registered yet')
        : vscode.l10n.t('Choose the public key to register'),
  });
}

function candidateItem(candidate: KeyCandidate): CandidateItem {
  const { path, comment, fingerprint } = candidate;
  const choose = (): Promise<KeyCandidate> => Promise.resolve(candidate);
  return path === undefined
    ? {
        label: `$(server-process) ${plainLabel(comment) || fingerprint}`,
        detail: fingerprint,
        choose,
      }
    : {
        label: `$(key) ${plainLabel(abbreviateHome(path))}`,
        description: plainLabel(comment),
        detail: fingerprint,
        choose,
      };
}

async function browse(): Promise<KeyCandidate> {
  return readCandidate(
    await browseForKeyFile({
      title: vscode.l10n.t('Choose an ed25519 public key'),
      openLabel: vscode.l10n.t('Add'),
    }),
  );
}

async function askForKeyName(suggested: string): Promise<string> {
  const name = await showInput({
    title: vscode.l10n.t('Add SSH Key (2/3): Name'),
    prompt: vscode.l10n.t('Shown in your list of keys.'),
    value: suggested,
    ignoreFocusOut: true,
    validateInput: (value) => validateName(value.trim()),
  });
  return orCancel(name).trim();
}

function validateName(name: string): string | undefined {
  if (name === '') {
    return vscode.l10n.t('Type a name.');
  }
  return name.length > MAX_NAME_LENGTH
    ? vscode.l10n.t(
        'A name has at most {0} characters; this has {1}.',
        MAX_NAME_LENGTH,
        name.length,
      )
    : undefined;
}

async function askForPurpose(name: string): Promise<KeyPurpose> {
  const items = [
    {
      label: `$(account) ${vscode.l10n.t('Login')}`,
      detail: vscode.l10n.t('Signs you in, here, on the command line and in CI.'),
      purpose: 'login' as const,
    },
    {
      label: `$(rocket) ${vscode.l10n.t('Native apps only (attest)')}`,
      detail: vscode.l10n.t(
        'For CI of a native app: it can publish native apps and nothing else. It cannot sign in.',
      ),
      purpose: 'attest' as const,
    },
  ];
  const picked = await showPicker(items, {
    title: vscode.l10n.t('Add SSH Key (3/3): Purpose'),
    placeHolder: vscode.l10n.t('What may “{0}” be used for?', plainLabel(name)),
    ignoreFocusOut: true,
  });
  return orCancel(picked).purpose;
}
