import { isJsonObject, optionalString } from '../platform/json';
import { StateFile } from '../platform/stateFile';
import type { KindId } from '../projectKind';

/** The account that published an app, and the backend. */
export interface Publisher {
  devId: string;
  /** The displayed name of the account. */
  account: string;
  backendUrl: string;
}

/** A project that was published. Each kind has IDs of its own. */
export interface PublishedProject {
  kind: KindId;
  appId: string;
}

/** A version that was submitted from this computer. */
export interface PastSubmission {
  version: string;
  /** ISO 8601. */
  submittedAt: string;
}

/**
 * Stores which account first published each project from this computer, and to which backend, and
 * the last submission.
 */
export class PublishHistory {
  private readonly file: StateFile;

  constructor(file: string) {
    this.file = new StateFile(file);
  }

  /** Returns the first publisher of a project if it used another account or another backend. */
  async findOther(
    project: PublishedProject,
    { devId, backendUrl }: Publisher,
  ): Promise<Publisher | undefined> {
    const first = parsePublisher(await this.read(project));
    const isSame = first?.devId === devId && first.backendUrl === backendUrl;
    return isSame ? undefined : first;
  }

  /** Returns the last submission of a project if it was made to the given backend. */
  async findLast(
    project: PublishedProject,
    backendUrl: string,
  ): Promise<PastSubmission | undefined> {
    const known = await this.read(project);
    const last = isJsonObject(known) ? known['last'] : undefined;
    if (!isJsonObject(last) || last['backendUrl'] !== backendUrl) {
      return undefined;
    }
    const version = optionalString(last, 'version');
    const submittedAt = optionalString(last, 'submittedAt');
    return version === null || submittedAt === null ? undefined : { version, submittedAt };
  }

  /** Records a submission of a project. Its first publisher stays the first. */
  async record(
    project: PublishedProject,
    publisher: Publisher,
    submission: PastSubmission,
  ): Promise<void> {
    const known = (await this.file.read()) ?? {};
    const key = getStorageKey(project);
    const first = parsePublisher(known[key]) ?? publisher;
    const last = { ...submission, backendUrl: publisher.backendUrl };
    await this.file.write({ ...known, [key]: { ...first, last } });
  }

  private async read(project: PublishedProject): Promise<unknown> {
    return (await this.file.read())?.[getStorageKey(project)];
  }
}

function getStorageKey({ kind, appId }: PublishedProject): string {
  return `${kind}:${appId}`;
}

function parsePublisher(value: unknown): Publisher | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { devId, account, backendUrl } = value;
  return typeof devId === 'string' && typeof account === 'string' && typeof backendUrl === 'string'
    ? { devId, account, backendUrl }
    : undefined;
}
