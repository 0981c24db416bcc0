import type { Event, Uri } from 'vscode';

/**
 * Who is signed in, by the account's id. Name, e-mail and token are for extensions that the user
 * allows: `vscode.authentication.getSession('i99dash', [])` asks them.
 */
export interface ApiIdentity {
  readonly devId: string;
}

/** One finding about a mini-app. Positions count lines and UTF-16 characters from 0. */
export interface ApiProblem {
  readonly severity: 'error' | 'warning' | 'info';
  /** The rule's stable id, such as `manifest.id.format`. */
  readonly rule: string;
  readonly message: string;
  /** Absolute path. */
  readonly file: string;
  readonly range?: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
}

/**
 * What `vscode.extensions.getExtension('i99dash.i99dash').activate()` resolves to. This file stands
 * alone: copy it for its types.
 */
export interface I99dashApi {
  /** Grows when a part is removed or changes its meaning. */
  readonly version: 1;
  /**
   * Returns the signed-in developer, as known without a request; undefined without a session.
   */
  getIdentity(): ApiIdentity | undefined;
  /** Fires when the account changes or the session ends. Does not fire for a refreshed token. */
  readonly onDidChangeIdentity: Event<ApiIdentity | undefined>;
  /**
   * Every problem of a mini-app that can be told without a build; the Problems panel shows them
   * too. Asks nothing.
   * @throws Error with `code` NOTHING_TO_PUBLISH when the folder is no project, VALIDATION_FAILED
   *   when it is no folder on this computer
   */
  validate(folder: Uri): Promise<ApiProblem[]>;
}
