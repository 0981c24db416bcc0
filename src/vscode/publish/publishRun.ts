import * as vscode from 'vscode';
import { mustAskToPublish, type Call } from '../../core/consent';
import { isI99dashError } from '../../core/errors';
import { accountLabel, type Identity } from '../../core/identity';
import type { Problem } from '../../core/problem';
import { suggestedVersion } from '../../core/publish/checks/publishedVersion';
import type { Publisher } from '../../core/publish/firstPublishers';
import { loadProject, type Project } from '../../core/publish/project/project';
import { publish, type PublishPreview, type PublishOptions } from '../../core/publish/publish';
import { agreeToBuild, runAgreed, type BuildAgreement } from './buildQuestion';
import { bumpVersion, planBump, type Bump } from './bumpVersion';
import { Click } from '../ui/consent';
import { assertSameAccount } from '../session/getIdentity';
import { plainText } from '../ui/plainText';
import { offerStep, reportFailure } from '../ui/failure';
import { askToPublish } from './publishConfirmation';
import type { PublishArguments } from './publishCommand';
import { createPublishDeps, type PublishContext } from './publishContext';
import type { PublishOutcome, PublishUi, PublishView } from './publishUi';
import { runCommand } from '../ui/runCommand';
import { settings } from '../settings';

/** A publish that is ready to start, and its destination. */
export interface PublishRun {
  context: PublishContext;
  call: Call;
  /** The arguments of the command. */
  args: PublishArguments;
  project: Project;
  options: PublishOptions;
  backendUrl: string;
  surface: PublishUi;
  /** The signed-in account; undefined for a dry run. */
  identity: Identity | undefined;
  /** The user's answer about the build. */
  agreed: BuildAgreement;
  /** Whether the folder is outside the workspace. */
  isOutside: boolean;
  /**
   * The publisher who first published the app from this computer, if the account or the backend
   * differs.
   */
  otherPublisher: Publisher | undefined;
}

/** Ends a publish because the user chose to bump the version. */
class BumpWanted extends Error {
  constructor(
    readonly bump: Bump,
    /** The problems that the user has seen and accepted. */
    readonly accepted: readonly Problem[],
  ) {
    super('Another version is wanted');
  }
}

/**
 * Publishes the version, or bumps it and publishes the next one if the user chooses so.
 * @param accepted the problems that the user has seen for the version before the bump
 * @throws what {@link publish} throws
 */
export async function publishWithConfirmation(
  run: PublishRun,
  accepted?: readonly Problem[],
): Promise<PublishOutcome> {
  const { identity } = run;
  const question = identity && {
    mustConfirm: (prepared: PublishPreview): boolean =>
      accepted === undefined ? mustConfirm(run, prepared) : hasNewWarnings(prepared, accepted),
    confirm: (prepared: PublishPreview, view: PublishView): Promise<void> =>
      view.hideWhile(() => ask(run, identity, prepared)),
  };
  try {
    return await publishWatched(run, question);
  } catch (error) {
    if (!(error instanceof BumpWanted)) {
      offerNextVersion(run, error);
      throw error;
    }
    const { folder } = run.project;
    await bumpVersion(folder, error.bump);
    const { call, isOutside, context } = run;
    const request = { call, isOutside, memory: context.memory, isDryRun: false };
    const next = await agreeToBuild(await loadProject(folder), request, run.agreed);
    return await publishWithConfirmation({ ...run, ...next }, error.accepted);
  }
}

function mustConfirm(run: PublishRun, { problems }: PublishPreview): boolean {
  const { call, args, project, options, isOutside, otherPublisher } = run;
  const folder = vscode.Uri.file(project.folder);
  return mustAskToPublish({
    ...{ call, isOutside, track: options.track, setting: settings.confirmPublish() },
    isTrackFromWorkspace: args.track === undefined && settings.isTrackFromWorkspace(folder),
    hasOtherPublisher: otherPublisher !== undefined,
    hasWarnings: problems.some(({ severity }) => severity === 'warning'),
  });
}

/** Checks whether there are warnings that the user has not seen. */
function hasNewWarnings({ problems }: PublishPreview, accepted: readonly Problem[]): boolean {
  const known = new Set(accepted.map(({ rule, file }) => `${rule} ${file}`));
  return problems.some(
    ({ severity, rule, file }) => severity === 'warning' && !known.has(`${rule} ${file}`),
  );
}

/**
 * @throws NOT_SIGNED_IN if a different account is signed in in the meantime
 * @throws BumpWanted, CancelledError
 */
async function ask(run: PublishRun, identity: Identity, prepared: PublishPreview): Promise<void> {
  const { backendUrl, project, context, options, otherPublisher, isOutside } = run;
  const next = suggestedVersion(prepared.problems);
  const bump = next === undefined ? undefined : await planBump(project, next);
  const who = accountLabel(identity);
  const { releaseNotes } = options;
  const notes = releaseNotes === undefined ? {} : { releaseNotes };
  const destination = {
    ...{ backendUrl, who, ...notes },
    ...(otherPublisher === undefined ? {} : { otherPublisher }),
    ...(isOutside ? { folder: project.folder } : {}),
    isUnbuilt: run.agreed?.runs === false,
  };
  const answer = await askToPublish(prepared, destination, bump);
  if (answer === 'bump' && bump !== undefined) {
    throw new BumpWanted(bump, prepared.problems);
  }
  const message = vscode.l10n.t('Another account signed in meanwhile. Publish again.');
  await assertSameAccount(context, identity, message);
}

/** When and how to ask for confirmation before a publish. */
interface PublishQuestion {
  mustConfirm: (prepared: PublishPreview) => boolean;
  confirm: (prepared: PublishPreview, view: PublishView) => Promise<void>;
}

function publishWatched(
  run: PublishRun,
  question: PublishQuestion | undefined,
): Promise<PublishOutcome> {
  const { project, options, surface } = run;
  const { id, version } = project.manifest;
  const title = plainText(vscode.l10n.t('Publishing {0} {1}', id, version));
  return surface.run(title, async (view) => {
    let problems: readonly Problem[] = [];
    let asked = false as boolean;
    const deps = createPublishDeps(
      run.context,
      run.backendUrl,
      view,
      (found) => (problems = found),
    );
    deps.runner = runAgreed(deps.runner, run);
    deps.onBuilt = (found) => run.context.showBuilt(project.folder, found);
    if (question !== undefined) {
      deps.mustConfirm = (prepared) => (asked = question.mustConfirm(prepared));
      deps.confirm = (prepared) => question.confirm(prepared, view);
    }
    const result = await publish(project, options, deps, view.signal);
    const next = asked ? undefined : suggestedVersion(problems);
    return {
      result,
      problems,
      ...(next === undefined ? {} : { bump: { version: next, run: () => publishNext(run, next) } }),
    };
  });
}

/** Offers to bump the version if the backend rejected it because it is not new. */
function offerNextVersion(run: PublishRun, error: unknown): void {
  if (isI99dashError(error) && error.nextVersion !== undefined) {
    const { nextVersion } = error;
    const label = vscode.l10n.t('Bump and Publish');
    offerStep(error, label, () => publishNext(run, nextVersion));
  }
}

/** Bumps a version that was not new, and publishes the next one. */
async function publishNext(run: PublishRun, version: string): Promise<void> {
  const { context, project, args } = run;
  try {
    await bumpNow(run, version);
    const folder = vscode.Uri.file(project.folder);
    await runCommand('i99dash.publish', new Click({ ...args, folder }));
  } catch (error) {
    reportFailure('i99dash.publish', error, context.logger, () => void publishNext(run, version));
  }
}

/** Bumps the version, unless the manifest has unsaved edits; publishing then asks what to do. */
async function bumpNow({ project }: PublishRun, version: string): Promise<void> {
  const bump = await planBump(project, version);
  if (bump !== undefined) {
    await bumpVersion(project.folder, bump);
  }
}
