import { isJsonObject } from '../json';
import { StateFile } from '../stateFile';

/** Who published an app, and where to. */
export interface Publisher {
  devId: string;
  /** The name that the account was shown by. */
  account: string;
  backendUrl: string;
}

/** Which account published each app first from this computer, and to which backend. */
export class FirstPublishers {
  private readonly file: StateFile;

  constructor(file: string) {
    this.file = new StateFile(file);
  }

  /** The first publisher of an app, where it is another account or another backend than this one. */
  async findOther(appId: string, { devId, backendUrl }: Publisher): Promise<Publisher | undefined> {
    const first = parsePublisher((await this.file.read())?.[keyOf(appId)]);
    const isSame = first?.devId === devId && first.backendUrl === backendUrl;
    return isSame ? undefined : first;
  }

  /** Remembers who published an app, unless somebody did before. */
  async record(appId: string, publisher: Publisher): Promise<void> {
    const known = (await this.file.read()) ?? {};
    if (parsePublisher(known[keyOf(appId)]) === undefined) {
      await this.file.write({ ...known, [keyOf(appId)]: { ...publisher } });
    }
  }
}

/** Only mini-apps are published today; themes and native apps have ids of their own. */
function keyOf(appId: string): string {
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
