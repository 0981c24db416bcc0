import type * as vscode from 'vscode';
import type { SecretStore, StateStore } from '../core/platform/interfaces';

/** Adapts VS Code's SecretStorage to the interface of core. */
export function createSecretStore(secrets: vscode.SecretStorage): SecretStore {
  return {
    get: async (key) => secrets.get(key),
    store: async (key, value) => secrets.store(key, value),
    delete: async (key) => secrets.delete(key),
    onDidChange: (listener) => secrets.onDidChange(({ key }) => listener(key)),
  };
}

/** Adapts VS Code's global state to the interface of core. */
export function createStateStore(state: vscode.Memento): StateStore {
  return {
    get: (key) => state.get(key),
    update: async (key, value) => state.update(key, value),
  };
}
