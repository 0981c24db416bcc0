import { isJsonObject } from '../platform/json';
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

/** Stores which account first published each project from this computer, and to which backend. */
export class FirstPublishers {
  private readonly file: StateFile;

  constructor(file: string) {
    this.file = new StateFile(file);
  }

  /** Returns the first publisher of a project if it used another account or another backend. */
  async findOther(
    project: PublishedProject,
    { devId, backendUrl }: Publisher,
  ): Promise<Publisher | undefined> {
    const first = parsePublisher((await this.file.read())?.[getStorageKey(project)]);
    const isSame = first?.devId === devId && first.backendUrl === backendUrl;
    return isSame ? undefined : first;
  }

  /** Records the publisher of a project, unless one is recorded already. */
  async record(project: PublishedProject, publisher: Publisher): Promise<void> {
    const known = (await this.file.read()) ?? {};
    const key = getStorageKey(project);
    if (parsePublisher(known[key]) === undefined) {
      await this.file.write({ ...known, [key]: { ...publisher } });
    }
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
