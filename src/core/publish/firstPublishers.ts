import { isJsonObject } from '../platform/json';
import { StateFile } from '../platform/stateFile';

/** The account that published an app, and the backend. */
export interface Publisher {
  devId: string;
  /** The displayed name of the account. */
  account: string;
  backendUrl: string;
}

/** Stores which account first published each app from this computer, and to which backend. */
export class FirstPublishers {
  private readonly file: StateFile;

  constructor(file: string) {
    this.file = new StateFile(file);
  }

  /** Returns the first publisher of an app if it used another account or another backend. */
  async findOther(appId: string, { devId, backendUrl }: Publisher): Promise<Publisher | undefined> {
    const first = parsePublisher((await this.file.read())?.[getStorageKey(appId)]);
    const isSame = first?.devId === devId && first.backendUrl === backendUrl;
    return isSame ? undefined : first;
  }

  /** Records the publisher of an app, unless one is recorded already. */
  async record(appId: string, publisher: Publisher): Promise<void> {
    const known = (await this.file.read()) ?? {};
    if (parsePublisher(known[getStorageKey(appId)]) === undefined) {
      await this.file.write({ ...known, [getStorageKey(appId)]: { ...publisher } });
    }
  }
}

/** Only mini-apps can be published today. Themes and native apps have separate IDs. */
function getStorageKey(appId: string): string {
  return `miniApp:${appId}`;
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
