import * as vscode from 'vscode';
import { boundTokens } from '../../core/api/client';
import { setGhSecret } from '../../core/ci/ghSecret';
import { registerCiKey, revokeCiKey, type CiKeyDeps } from '../../core/ci/registerCiKey';
import type { SecretClipboard } from '../../core/ci/secretClipboard';
import { SECRET_NAME, workflowText } from '../../core/ci/workflow';
import type { Call } from '../../core/consent';
import { I99dashError } from '../../core/errors';
import { abbreviateHome } from '../../core/platform/homePath';
import { makeKeyPair, type KeyPair } from '../../core/ssh/keyPair';
import { isMiniApp } from '../../core/projectFolders';
import { MINI_APP } from '../../core/projectKind';
import type { Clock } from '../../core/platform/interfaces';
import { chooseProject } from '../publish/chooseProject';
import {
  confirmCi,
  describeUnplaced,
  explainClipboard,
  explainSecret,
  type SecretPlace,
} from './ciMessages';
import { findCiTarget, type CiTarget } from './ciTarget';
import { assertSameAccount, getIdentity } from '../session/getIdentity';
import type { WorkspaceProjects } from '../publish/workspaceProjects';
import { assertTrusted } from '../ui/consent';
import { withDelayedProgress } from '../ui/progress';
import type { SshKeyCommandDeps } from '../keys/sshKeyCommands';
import { chooseWorkflowPath, openForReview } from './workflowEditor';

export interface SetUpCiArguments {
  folder?: vscode.Uri;
  /** The name under which the key is registered. */
  name?: string;
}

export interface SetUpCiResult {
  /** The unsaved document of scheme `untitled`, with the path to save it to. */
  workflow: vscode.Uri;
  fingerprint: string;
}

export interface SetUpCiDeps extends SshKeyCommandDeps {
  miniApps: WorkspaceProjects;
  clipboard: SecretClipboard;
  clock: Clock;
}

/**
 * Generates and registers a key for a repository's pipeline, stores the private key in the
 * repository's secrets or on the clipboard, and opens a workflow for review. Keeps the private key
 * in memory only.
 * @throws UNTRUSTED_WORKSPACE, NOT_SIGNED_IN, NOTHING_TO_PUBLISH, UPLOAD_FAILED
 * @throws what the API client throws
 * @throws CancelledError
 */
export async function setUpCi(
  deps: SetUpCiDeps,
  call: Call,
  { folder, name }: SetUpCiArguments,
): Promise<SetUpCiResult> {
  // The workspace's .git/config determines who receives the key.
  assertTrusted(
    vscode.l10n.t(
      'Setting up CI believes what this workspace says about its repository, so the workspace must be trusted first.',
    ),
  );
  const { transport } = deps;
  const backendUrl = deps.backendUrl();
  const tokens = boundTokens(backendUrl, deps.tokens, deps.backendUrl);
  const ciDeps: CiKeyDeps = { transport, tokens, backendUrl };
  const given = folder === undefined ? undefined : await requireGivenMiniApp(deps.miniApps, folder);
  const identity = await getIdentity(deps);
  const miniApp = given ?? (await chooseProject(deps.miniApps, undefined, { kinds: [MINI_APP] }));
  await requireMiniApp(miniApp);
  const target = await findCiTarget(miniApp, {
    ...(name === undefined ? {} : { name }),
    quiet: call.confirmed,
  });
  const place: SecretPlace = target.isGhSignedIn ? 'repository' : 'clipboard';
  const path = await chooseWorkflowPath(target.root, target.service);
  const pair = await makeKeyPair(target.name);
  const { fingerprint } = pair.signer;
  try {
    await confirmCi(call, { target, place, path, fingerprint, account: identity, backendUrl });
    await assertSameAccount(deps, identity);
    await registerAndPlaceKey(deps, ciDeps, pair, target, place);
  } finally {
    pair.file.fill(0);
  }
  const { service, directory, packages, build, name: keyName } = target;
  const text = workflowText(service, {
    ...{ path, directory, packages, keyName, fingerprint },
    ...(build === undefined ? {} : { build }),
  });
  return { workflow: await openForReview(target.root, path, text), fingerprint };
}

/** @throws NOTHING_TO_PUBLISH */
async function requireGivenMiniApp(
  miniApps: WorkspaceProjects,
  folder: vscode.Uri,
): Promise<string> {
  const miniApp = await chooseProject(miniApps, folder);
  await requireMiniApp(miniApp);
  return miniApp;
}

/** @throws NOTHING_TO_PUBLISH */
async function requireMiniApp(folder: string): Promise<void> {
  if (!(await isMiniApp(folder))) {
    const message = vscode.l10n.t('{0} is no mini-app.', abbreviateHome(folder));
    throw new I99dashError('NOTHING_TO_PUBLISH', message);
  }
}

async function registerAndPlaceKey(
  deps: SetUpCiDeps,
  ciDeps: CiKeyDeps,
  pair: KeyPair,
  target: CiTarget,
  place: SecretPlace,
): Promise<void> {
  const title = vscode.l10n.t('Registering the key of the pipeline…');
  try {
    await withDelayedProgress(title, (signal) => registerCiKey(ciDeps, pair, target.name, signal));
    await placeSecret(deps, ciDeps, pair, target, place);
  } finally {
    deps.view.refresh();
  }
}

/** @throws UPLOAD_FAILED if the secret cannot be stored; the key is then removed again */
async function placeSecret(
  { clipboard }: SetUpCiDeps,
  ciDeps: CiKeyDeps,
  { file, signer }: KeyPair,
  target: CiTarget,
  place: SecretPlace,
): Promise<void> {
  const { repository } = target;
  if (place === 'repository' && repository !== undefined) {
    const title = vscode.l10n.t('Handing the key to {0}…', repository.path);
    const isSet = await withDelayedProgress(title, (signal) =>
      setGhSecret(repository, SECRET_NAME, file, { signal }),
    );
    if (isSet) {
      explainSecret(repository);
      return;
    }
  }
  try {
    await clipboard.put(file.toString());
  } catch (cause) {
    // The private key was not stored anywhere, so the key is of no use.
    const isGone = await revokeCiKey(ciDeps, signer.fingerprint);
    throw new I99dashError('UPLOAD_FAILED', describeUnplaced(target, isGone), { cause });
  }
  explainClipboard(target, place === 'repository');
}
