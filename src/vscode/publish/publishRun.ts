import * as vscode from 'vscode';
import { mustAskToPublish, type Call } from '../../core/consent';
import { isI99dashError } from '../../core/errors';
import { accountLabel, type Identity } from '../../core/identity';
import type { Problem } from '../../core/problem';
import { suggestedVersion } from '../../core/publish/checks/publishedVersion';
import type { Publisher } from '../../core/publish/firstPublishers';
import { loadProject, type Project } from '../../core/publish/project/project';
import { publish, type Prepared, type PublishOptions } from '../../core/publish/publish';
import { agreeToBuild, runAgreed, type BuildAgreement } from './buildQuestion';
import { bumpVersion, planBump, type Bump } from './bumpVersion';
import { Click } from '../ui/consent';
import { assertSameAccount } from '../session/getIdentity';
import { plainText } from '../ui/plainText';
import { offerStep, reportFailure } from '../ui/failure';
import { askToPublish } from './publishConfirmation';
import type { PublishArguments } from './publishCommand';
import { portsOf, type PublishContext } from './publishContext';
import type { PublishOutcome, PublishSurface, PublishView } from './publishUi';
import { runQuietly } from '../ui/runCommand';
import { settings } from '../settings';

/** A publish that nothing stands in the way of, and where to. */
export interface PublishRun {
  context: PublishContext;
  call: Call;
  /** What it was started with. */
  args: PublishArguments;
  project: Project;
  options: PublishOptions;
  backendUrl: string;
  surface: PublishSurface;
  /** Who is signed in; undefined for a dry run. */
  identity: Identity | undefined;
  /** What was answered about the build. */
  agreed: BuildAgreement;
  /** The folder is outside the workspace. */
  isOutside: boolean;
  /** Who published the app first from this computer, where it is another account or backend. */
  otherPublisher: Publisher | undefined;
}

/** What ends a publish whose version the user wants to be another. */
class BumpWanted extends Error {
  constructor(
    readonly bump: Bump,
    /** What the user has read and accepted. */
    readonly accepted: readonly Problem[],
  ) {
    super('Another version is wanted');
  }
}

/**
 * Publishes, and publishes the next version instead when that is what the user answers.
 * @param accepted what they were told of the version before this one, when they wanted this one instead
 * @throws what {@link publish} throws
 */
export async function publishOrBump(
  run: PublishRun,
  accepted?: readonly Problem[],
): Promise<PublishOutcome> {
  const { identity } = run;
  const question = identity && {
    mustConfirm: (prepared: Prepared): boolean =>
      accepted === undefined ? mustConfirm(run, prepared) : hasNews(prepared, accepted),
    confirm: (prepared: Prepared, view: PublishView): Promise<void> =>
      view.aside(() => ask(run, identity, prepared)),
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
    return await publishOrBump({ ...run, ...next }, error.accepted);
  }
}

function mustConfirm(run: PublishRun, { problems }: Prepared): boolean {
  const { call, args, project, options, isOutside, otherPublisher } = run;
  const folder = vscode.Uri.file(project.folder);
  return mustAskToPublish({
    ...{ call, isOutside, track: options.track, setting: settings.confirmPublish() },
    isTrackFromWorkspace: args.track === undefined && settings.isTrackFromWorkspace(folder),
    hasOtherPublisher: otherPublisher !== undefined,
    hasWarnings: problems.some(({ severity }) => severity === 'warning'),
  });
}

/** Whether there are warnings that the user has not read. */
function hasNews({ problems }: Prepared, accepted: readonly Problem[]): boolean {
  const known = new Set(accepted.map(({ rule, file }) => `${rule} ${file}`));
  return problems.some(
    ({ severity, rule, file }) => severity === 'warning' && !known.has(`${rule} ${file}`),
  );
}

/** @throws CancelledError, BumpWanted, NOT_SIGNED_IN (somebody else is signed in by now) */
async function ask(run: PublishRun, asker: Identity, prepared: Prepared): Promise<void> {
  const { backendUrl, project, context, options, otherPublisher, isOutside } = run;
  const next = suggestedVersion(prepared.problems);
  const bump = next === undefined ? undefined : await planBump(project, next);
  const who = accountLabel(asker);
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
  const message = vscode.l10n.t('Somebody else has signed in meanwhile. Publish again.');
  await assertSameAccount(context, asker, message);
}

/** What is asked before a publish, and when. */
interface PublishQuestion {
  mustConfirm: (prepared: Prepared) => boolean;
  confirm: (prepared: Prepared, view: PublishView) => Promise<void>;
}

function publishWatched(
  run: PublishRun,
  question: PublishQuestion | undefined,
): Promise<PublishOutcome> {
  const { project, options, surface } = run;
  const { id, version } = project.manifest;
  const title = plainText(vscode.l10n.t('Publishing {0} {1}', id, version));
  return surface.watch(title, async (view) => {
    let problems: readonly Problem[] = [];
    let asked = false as boolean;
    const ports = portsOf(run.context, run.backendUrl, view, (found) => (problems = found));
    ports.runner = runAgreed(ports.runner, run);
    ports.onBuilt = (found) => run.context.showBuilt(project.folder, found);
    if (question !== undefined) {
      ports.mustConfirm = (prepared) => (asked = question.mustConfirm(prepared));
      ports.confirm = (prepared) => question.confirm(prepared, view);
    }
    const result = await publish(project, options, ports, view.signal);
    const next = asked ? undefined : suggestedVersion(problems);
    return {
      result,
      problems,
      ...(next === undefined ? {} : { bump: { version: next, run: () => publishNext(run, next) } }),
    };
  });
}

/** For a version that is not new and that the backend refused. */
function offerNextVersion(run: PublishRun, error: unknown): void {
  if (isI99dashError(error) && error.nextVersion !== undefined) {
    const { nextVersion } = error;
    const label = vscode.l10n.t('Bump and Publish');
    offerStep(error, label, () => publishNext(run, nextVersion));
  }
}

/** Publishes the next version after one that was not new. */
async function publishNext(run: PublishRun, version: string): Promise<void> {
  const { context, project, args } = run;
  try {
    await bumpNow(run, version);
    const folder = vscode.Uri.file(project.folder);
    await runQuietly('i99dash.publish', new Click({ ...args, folder }));
  } catch (error) {
    reportFailure('i99dash.publish', error, context.logger, () => void publishNext(run, version));
  }
}

/** Not where the manifest is being edited: then publishing asks what to do. */
async function bumpNow({ project }: PublishRun, version: string): Promise<void> {
  const bump = await planBump(project, version);
  if (bump !== undefined) {
    await bumpVersion(project.folder, bump);
  }
}
