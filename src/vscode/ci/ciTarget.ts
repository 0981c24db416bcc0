import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import {
  findWorktree,
  parseRemoteUrl,
  type CiService,
  type Repository,
  type Worktree,
} from '../../core/ci/gitRemote';
import { readKnownHosts } from '../../core/ci/knownHosts';
import {
  readPackageCommands,
  type PackageCommands,
} from '../../core/publish/project/packageCommands';
import { readPipelineBuild } from '../../core/ci/pipelineBuild';
import { assertBuildFits, assertFitsWorkflow } from '../../core/ci/workflowFolder';
import { toKeyName, MAX_NAME_LENGTH } from '../../core/account/registerKey';
import { orCancel } from '../ui/ask';
import { showInput, showPicker } from '../ui/pickers';

/** The repository and project that a pipeline is set up for. */
export interface CiTarget {
  /** The absolute path that the workflow's path is relative to. */
  root: string;
  /** The mini-app's path relative to the root, with slashes; '' for the root itself. */
  directory: string;
  service: CiService;
  /** The name under which the key is registered. */
  name: string;
  /** Undefined if git has no remote. */
  repository?: Repository;
  /** Whether the GitHub CLI is signed in to the repository's host. */
  isGhSignedIn: boolean;
  packages: PackageCommands;
  /** The command line that builds the mini-app before it is published. */
  build?: string;
}

/** The part of the API of VS Code's git extension that is used here. */
interface GitApi {
  git: { path: string };
}

/**
 * Determines what to set up a pipeline for, and asks for what git does not know.
 * @param folder the absolute path of the mini-app
 * @param options.name the name under which to register the key; default the repository's name
 * @param options.quiet does not ask, and uses GitHub and the folder's name
 * @throws VALIDATION_FAILED if a folder name or a build command cannot be written into a workflow
 * @throws CancelledError
 */
export async function findCiTarget(
  folder: string,
  { name, quiet }: { name?: string; quiet: boolean },
): Promise<CiTarget> {
  const { root, directory, remoteUrl }: Worktree = (await findWorktree(folder, gitProgram())) ?? {
    root: folder,
    directory: '',
  };
  assertFitsWorkflow(directory);
  const build = await readPipelineBuild(folder);
  assertBuildFits(build ?? '');
  const known = await readKnownHosts();
  const repository = remoteUrl === undefined ? undefined : parseRemoteUrl(remoteUrl, known);
  const told = repository?.service ?? serviceOfFiles(root);
  const service = told ?? (quiet ? 'github' : await askForService());
  const suggested = repository?.path ?? basename(root);
  const chosen =
    name ??
    (repository === undefined && !quiet ? await askForRepositoryName(suggested) : suggested);
  return {
    root,
    directory,
    service,
    isGhSignedIn: repository?.service === 'github' && known.github.includes(repository.host),
    name: toKeyName(chosen),
    packages: await readPackageCommands(folder, root),
    ...(build === undefined ? {} : { build }),
    ...(repository === undefined ? {} : { repository }),
  };
}

/**
 * Returns the git program that VS Code's git extension uses; undefined if the extension is not
 * active.
 */
function gitProgram(): string | undefined {
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  try {
    return extension?.isActive ? extension.exports.getAPI(1).git.path : undefined;
  } catch {
    return undefined; // disabled in the settings
  }
}

function serviceOfFiles(root: string): CiService | undefined {
  if (existsSync(join(root, '.gitlab-ci.yml'))) {
    return 'gitlab';
  }
  return existsSync(join(root, '.github')) ? 'github' : undefined;
}

async function askForService(): Promise<CiService> {
  const items = [
    { label: `$(github) ${vscode.l10n.t('GitHub Actions')}`, service: 'github' as const },
    { label: `$(git-merge) ${vscode.l10n.t('GitLab CI/CD')}`, service: 'gitlab' as const },
  ];
  const picked = await showPicker(items, {
    title: vscode.l10n.t('Set Up CI Publishing: where does it run?'),
    ignoreFocusOut: true,
  });
  return orCancel(picked).service;
}

async function askForRepositoryName(suggested: string): Promise<string> {
  const name = await showInput({
    title: vscode.l10n.t('Set Up CI Publishing: which repository?'),
    prompt: vscode.l10n.t(
      'Git knows no remote of this folder. By this name you will know the key among your SSH keys.',
    ),
    value: suggested,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === '' || value.trim().length > MAX_NAME_LENGTH
        ? vscode.l10n.t('Type a name of at most {0} characters.', MAX_NAME_LENGTH)
        : undefined,
  });
  return orCancel(name).trim();
}
