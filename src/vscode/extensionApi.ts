import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { ApiIdentity, I99dashApi } from '../api';
import { readArguments } from '../core/commandArguments';
import type { Session } from '../core/session/session';
import type { TaskContext } from './publish/publishContext';

/** Creates the API for other extensions. */
export function createApi({ session, validate }: Pick<TaskContext, 'session' | 'validate'>): {
  api: I99dashApi;
  dispose: () => void;
} {
  const changes = new vscode.EventEmitter<ApiIdentity | undefined>();
  let known = toApiIdentity(session);
  const subscription = session.onDidChange(() => {
    const identity = toApiIdentity(session);
    if (!isDeepStrictEqual(identity, known)) {
      known = identity;
      changes.fire(identity);
    }
  });
  const api: I99dashApi = {
    version: 1,
    getIdentity: () => toApiIdentity(session),
    onDidChangeIdentity: changes.event,
    validate: async (folder) => {
      readArguments('i99dash.validate', { folder });
      return validate(folder.fsPath, new AbortController().signal);
    },
  };
  return {
    api: Object.freeze(api),
    dispose: () => {
      subscription.dispose();
      changes.dispose();
    },
  };
}

function toApiIdentity(session: Session): ApiIdentity | undefined {
  try {
    return Object.freeze({ devId: session.identity().devId });
  } catch {
    return undefined; // not signed in, or the owner of the credential is not known yet
  }
}
