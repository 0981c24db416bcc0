import type * as vscode from 'vscode';
import type { SecretStore, StateStore } from '../core/platform/interfaces';

/** VS Code's SecretStorage behind the seam that core knows. */
export function createSecretStore(secrets: vscode.SecretStorage): SecretStore {
  return {
    get: async (key) => secrets.get(key),
    store: async (key, value) => secrets.store(key, value),
    delete: async (key) => secrets.delete(key),
    onDidChange: (listener) => secrets.onDidChange(({ key }) => listener(key)),
  };
}

/** VS Code's global state behind the seam that core knows. */
export function createStateStore(state: vscode.Memento): StateStore {
  return {
    get: (key) => state.get(key),
    update: async (key, value) => state.update(key, value),
  };
}
