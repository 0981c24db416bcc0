import * as vscode from 'vscode';
import { accountLabel, type Identity } from '../core/identity';
import type { Problem } from '../core/problem';
import { loadProject, type Project } from '../core/publish/project';
import { publish, type Prepared, type PublishOptions } from '../core/publish/publish';
import { allowChangedBuild } from './buildQuestion';
import { bumpVersion, planBump, type Bump } from './bumpVersion';
import { assertSameAccount } from './knownIdentity';
import { plainText } from './plainText';
import { reportFailure } from './failure';
import { askToPublish, nextVersion } from './publishConfirmation';
import { portsOf, type PublishContext } from './publishContext';
import type { PublishOutcome, PublishSurface, PublishView } from './publishSurface';
import { runQuietly } from './runQuietly';
import { settings } from './settings';

/** A publish that nothing stands in the way of, and where to. */
export interface PublishRun {
  context: PublishContext;
  project: Project;
  options: PublishOptions;
  backendUrl: string;
  surface: PublishSurface;
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
 * @param asker who is asked before the bundle is sent; undefined: nobody
 * @param accepted what they were told of the version before this one, when they wanted this one instead
 * @throws what {@link publish} throws
 */
export async function publishOrBump(
  run: PublishRun,
  asker: Identity | undefined,
  accepted?: readonly Problem[],
): Promise<PublishOutcome> {
  const asks = asker !== undefined && (accepted !== undefined || mustConfirm(run));
  const confirm = async (prepared: Prepared, view: PublishView): Promise<void> => {
    if (asks && (accepted === undefined || hasNews(prepared, accepted))) {
      await view.aside(() => ask(run, asker, prepared));
    }
  };
  try {
    return await publishWatched(run, asks ? confirm : undefined);
  } catch (error) {
    if (!(error instanceof BumpWanted)) {
      throw error;
    }
    const { folder } = run.project;
    await bumpVersion(folder, error.bump);
    const project = await loadProject(folder);
    await allowChangedBuild(run.project, project, run.context.memory);
    const bumped = { ...run, project };
    return await publishOrBump(bumped, asker, error.accepted);
  }
}

function mustConfirm({ surface, options: { track } }: PublishRun): boolean {
  const when = surface.asksAlways === true ? 'always' : settings.confirmPublish();
  return when === 'always' || (when === 'production' && track === 'production');
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
  const { backendUrl, project, context, options } = run;
  const next = nextVersion(prepared);
  const bump = next === undefined ? undefined : await planBump(project, next);
  const who = accountLabel(asker);
  const { releaseNotes } = options;
  const notes = releaseNotes === undefined ? {} : { releaseNotes };
  const answer = await askToPublish(prepared, { backendUrl, who, ...notes }, bump);
  if (answer === 'bump' && bump !== undefined) {
    throw new BumpWanted(bump, prepared.problems);
  }
  const message = vscode.l10n.t('Somebody else has signed in meanwhile. Publish again.');
  await assertSameAccount(context, asker, message);
}

function publishWatched(
  run: PublishRun,
  confirm?: (prepared: Prepared, view: PublishView) => Promise<void>,
): Promise<PublishOutcome> {
  const { project, options, surface } = run;
  const { id, version } = project.manifest;
  const title = plainText(vscode.l10n.t('Publishing {0} {1}', id, version));
  return surface.watch(title, async (view) => {
    let problems: readonly Problem[] = [];
    const ports = portsOf(run.context, run.backendUrl, view, (found) => (problems = found));
    if (confirm !== undefined) {
      ports.confirm = (prepared) => confirm(prepared, view);
    }
    const result = await publish(project, options, ports, view.signal);
    const next = confirm === undefined ? nextVersion({ project, problems }) : undefined;
    return {
      result,
      problems,
      ...(next === undefined ? {} : { bump: { version: next, run: () => publishNext(run, next) } }),
    };
  });
}

/** For a version that was published before without a question: makes good for it with the next one. */
async function publishNext(run: PublishRun, version: string): Promise<void> {
  const { context, project, options } = run;
  try {
    const confirmed = await bumpNow(run, version);
    // What was agreed to may be long ago.
    const args = { ...options, folder: project.folder, confirmed, builtBefore: project };
    await runQuietly('i99dash.publish', args);
  } catch (error) {
    reportFailure('i99dash.publish', error, context.logger, () => void publishNext(run, version));
  }
}

/** @returns false where the manifest is being edited: then publishing asks what to do */
async function bumpNow({ project }: PublishRun, version: string): Promise<boolean> {
  const bump = await planBump(project, version);
  if (bump === undefined) {
    return false;
  }
  await bumpVersion(project.folder, bump);
  return true;
}
