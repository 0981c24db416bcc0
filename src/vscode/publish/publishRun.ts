import * as vscode from 'vscode';
import { ApiClient, boundTokens } from '../../core/api/client';
import { mustAskToPublish, type Call } from '../../core/consent';
import { isI99dashError, type I99dashError } from '../../core/errors';
import { accountLabel, type Identity } from '../../core/identity';
import type { Problem } from '../../core/problem';
import { shellRunner } from '../../core/publish/build/shellRunner';
import type { VersionBump } from '../../core/publish/checks/appVersion';
import { suggestedVersion } from '../../core/publish/checks/publishedVersion';
import { PublishHistory, type Publisher } from '../../core/publish/publishHistory';
import type { PublishableProject } from '../../core/publish/project/project';
import {
  publish,
  type PublishDecision,
  type PublishDeps,
  type PublishOptions,
  type PublishOutcome,
  type PublishPreview,
  type PublishResult,
} from '../../core/publish/publish';
import { assertSameAccount } from '../session/getIdentity';
import { settings } from '../settings';
import { Click } from '../ui/consent';
import { offerStep, reportFailure } from '../ui/failure';
import { plainText } from '../ui/plainText';
import { runCommand } from '../ui/runCommand';
import { agreeToBuild, runAgreed, type BuildAgreement } from './buildQuestion';
import { bumpVersion, planBump } from './bumpVersion';
import type { PublishArguments } from './publishCommand';
import type { PublishContext, PublishReport, PublishUi, PublishView } from './publishContext';
import { askToPublish } from './publishQuestions';

/** A publish: what is published, where to, by whom, and what the user answered so far. */
export interface PublishRun {
  context: PublishContext;
  call: Call;
  /** The arguments of the command. */
  args: PublishArguments;
  ui: PublishUi;
  backendUrl: string;
  /** The signed-in account; undefined for a dry run. */
  identity: Identity | undefined;
  project: PublishableProject;
  /** Reads the project again. */
  load: () => Promise<PublishableProject>;
  options: PublishOptions;
  /** The user's answer about the build. */
  agreed: BuildAgreement;
  /** Whether the folder is outside the workspace. */
  isOutside: boolean;
  /**
   * The publisher who first published the app from this computer, if the account or the backend
   * differs.
   */
  otherPublisher: Publisher | undefined;
  /** The problems that the user accepted for the version before a bump. */
  accepted?: readonly Problem[];
}

/**
 * Publishes the version, or bumps it and publishes the next one if the user chooses so. Records the
 * submission and shows the result.
 * @throws what {@link publish} throws
 */
export async function runPublish(run: PublishRun): Promise<PublishResult> {
  const { context, project, ui } = run;
  const outcome = await publishInUi(run);
  if (outcome.kind === 'bump') {
    return runPublish(await bumpRun(run, outcome.bump, outcome.problems));
  }
  const { result, problems, wasAsked } = outcome;
  if (!result.dryRun) {
    await recordSubmission(run, result);
    await context.onRefused?.(project.folder, []);
  }
  const next = wasAsked ? undefined : suggestedVersion(problems);
  const publishNext = next === undefined ? {} : { publishNext: () => publishVersion(run, next) };
  ui.showResult({ result, problems, ...publishNext } satisfies PublishReport);
  return result;
}

function publishInUi(run: PublishRun): Promise<PublishOutcome> {
  const { project, options } = run;
  const { id, version } = project.manifest;
  const title = vscode.l10n.t('Publishing {0} {1}', id, version);
  return runInUi(run, title, (deps) => publish(project, options, deps));
}

/**
 * Runs a task on a project, and shows its progress and the problems that it fails with.
 * @throws what `task` throws
 */
export async function runInUi<T>(
  run: PublishRun,
  title: string,
  task: (deps: PublishDeps) => Promise<T>,
): Promise<T> {
  try {
    return await run.ui.run(plainText(title), (view) => task(createDeps(run, view)));
  } catch (error) {
    if (isI99dashError(error)) {
      await handleFailure(run, error);
    }
    throw error;
  }
}

function createDeps(run: PublishRun, view: PublishView): PublishDeps {
  const { context, backendUrl, identity, project } = run;
  const { transport, tokens, logger, clock, lockFolder, worker, baselineCache } = context;
  const { hideWhile, ...callbacks } = view;
  return {
    ...{ transport, logger, clock, lockFolder, worker, baselineCache },
    ...callbacks,
    api: new ApiClient(backendUrl, transport, boundTokens(backendUrl, tokens, context.backendUrl)),
    runner: runAgreed(shellRunner, run),
    onBuilt: (problems) => context.showBuilt(project.folder, problems),
    ...(identity && {
      mustConfirm: (preview) => mustConfirm(run, preview),
      confirm: (preview) => hideWhile(() => confirm(run, identity, preview)),
    }),
  };
}

function mustConfirm(run: PublishRun, { problems }: PublishPreview): boolean {
  const { call, args, project, options, isOutside, otherPublisher, accepted } = run;
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  if (accepted !== undefined) {
    const known = new Set(accepted.map(({ rule, file }) => `${rule} ${file}`));
    return warnings.some(({ rule, file }) => !known.has(`${rule} ${file}`));
  }
  const folder = vscode.Uri.file(project.folder);
  return mustAskToPublish({
    ...{ call, isOutside, track: options.track, setting: settings.confirmPublish() },
    isTrackFromWorkspace: args.track === undefined && settings.isTrackFromWorkspace(folder),
    hasOtherPublisher: otherPublisher !== undefined,
    hasWarnings: warnings.length > 0,
  });
}

/**
 * @throws NOT_SIGNED_IN if a different account is signed in in the meantime
 * @throws CancelledError
 */
async function confirm(
  run: PublishRun,
  identity: Identity,
  preview: PublishPreview,
): Promise<PublishDecision> {
  const next = suggestedVersion(preview.problems);
  const bump = next === undefined ? undefined : await planBump(run.project, next);
  const decision = await askToPublish(run, identity, preview, bump);
  if (decision === 'publish') {
    const message = vscode.l10n.t('Another account signed in meanwhile. Publish again.');
    await assertSameAccount(run.context, identity, message);
  }
  return decision;
}

/** Bumps the version, and returns the publish of the next one. */
async function bumpRun(
  run: PublishRun,
  bump: VersionBump,
  accepted: readonly Problem[],
): Promise<PublishRun> {
  const { call, isOutside, context, agreed } = run;
  await bumpVersion(run.project, bump);
  const request = { call, isOutside, memory: context.memory, isDryRun: false };
  const next = await agreeToBuild(await run.load(), request, agreed);
  return { ...run, ...next, accepted };
}

/** Rules that apply to the output of a build. */
const IN_BUNDLE = /^(?:asset|baseline|files|page|secret)\./u;

/**
 * Records a submission without its promotion, shows the problems that only publishing can find in
 * the Problems panel, and offers the next version if the backend rejected this one as not new.
 */
async function handleFailure(run: PublishRun, error: I99dashError): Promise<void> {
  const { context, project } = run;
  const { folder, buildCommand } = project;
  const { problems = [], unpromoted, nextVersion } = error;
  if (unpromoted !== undefined) {
    await recordSubmission(run, unpromoted);
  }
  if (nextVersion !== undefined) {
    const label = vscode.l10n.t('Bump and Publish');
    offerStep(error, label, () => publishVersion(run, nextVersion));
  }
  const refused = problems.filter(({ rule }) => rule === 'backend.refused');
  if (refused.length > 0) {
    await context.onRefused?.(folder, refused);
  }
  const ofBundle = problems.filter(({ rule }) => IN_BUNDLE.test(rule));
  // Without a build, the live checks report these problems.
  if (buildCommand !== undefined && ofBundle.length > 0) {
    context.showBuilt(folder, ofBundle);
  }
}

/** Bumps a version that was not new, and publishes the next one. */
async function publishVersion(run: PublishRun, version: string): Promise<void> {
  const { context, project, args } = run;
  try {
    // Unsaved edits of the manifest prevent the bump; publishing then asks what to do.
    const bump = await planBump(project, version);
    if (bump !== undefined) {
      await bumpVersion(project, bump);
    }
    const folder = vscode.Uri.file(project.folder);
    await runCommand('i99dash.publish', new Click({ ...args, folder }));
  } catch (error) {
    const retry = (): void => void publishVersion(run, version);
    reportFailure('i99dash.publish', error, context.logger, retry);
  }
}

type Submitted = Pick<PublishResult, 'appId' | 'version' | 'reviewStatus'>;

async function recordSubmission(run: PublishRun, submission: Submitted): Promise<void> {
  const { context, identity, backendUrl, project } = run;
  if (identity !== undefined) {
    const { appId, version } = submission;
    const submittedAt = new Date(context.clock.now()).toISOString();
    await new PublishHistory(context.publishersFile).record(
      { kind: project.kind.id, appId },
      toPublisher(identity, backendUrl),
      { version, submittedAt },
    );
  }
  context.onSubmitted?.(submission, project.kind);
}

/**
 * Finds who first published the app from this computer, if the account or the backend differs.
 * @returns undefined for a dry run
 */
export async function findOtherPublisher(
  { context, identity, backendUrl }: Pick<PublishRun, 'context' | 'identity' | 'backendUrl'>,
  { kind, manifest }: PublishableProject,
): Promise<Publisher | undefined> {
  const history = new PublishHistory(context.publishersFile);
  const published = { kind: kind.id, appId: manifest.id };
  return identity && history.findOther(published, toPublisher(identity, backendUrl));
}

function toPublisher(identity: Identity, backendUrl: string): Publisher {
  return { devId: identity.devId, backendUrl, account: accountLabel(identity) };
}
