import * as vscode from 'vscode';
import { ApiClient } from '../../core/api/client';
import { listSshKeys, type SshKey } from '../../core/api/sshKeys';
import { boundTokens } from '../../core/session/boundTokens';
import type { Session } from '../../core/session/session';
import type { SessionState } from '../../core/session/sessionState';
import { CancelledError, I99dashError } from '../../core/errors';
import type { TokenSource, Transport } from '../../core/platform/interfaces';
import { isUnreachable } from '../../core/http/reachability';
import { SshKeyFailureNode, SshKeyNode } from './sshKeyItem';
import type { ViewElement } from '../ui/viewElement';

/** A view that comes back into sight after this long asks the backend again, in milliseconds. */
const STALE_MS = 60_000;
const VIEW = 'i99dash.sshKeys';
/** What the welcome texts go by: `signedOut`, `empty`, or `rows` for no welcome. */
const CONTEXT = 'i99dash.sshKeysView';

export interface SshKeysDeps {
  session: Session;
  transport: Transport;
  /** @throws BACKEND_REFUSED */
  backendUrl: () => string;
}

/**
 * Calls the backend in force, with tokens that are meant for it alone.
 * @throws BACKEND_REFUSED
 */
export function keysApi(
  { transport, backendUrl }: Pick<SshKeysDeps, 'transport' | 'backendUrl'>,
  tokens: TokenSource,
): ApiClient {
  const url = backendUrl();
  return new ApiClient(url, transport, boundTokens(url, tokens, backendUrl));
}

/** The account's keys as far as they are known. */
interface Known {
  /** Undefined until they have been loaded once. */
  keys?: readonly SshKey[];
  /** Why the last look failed. */
  failure?: Error;
  /** Milliseconds since the epoch. */
  lookedAt: number;
}

/**
 * The view *SSH Keys*. It loads when it is first seen, by itself never asks anybody, and keeps what
 * it knows when the backend is away.
 */
export class SshKeysView implements vscode.TreeDataProvider<ViewElement>, vscode.Disposable {
  private known: Known | undefined;
  /** Whose keys they are. */
  private owner: string;
  private kind: SessionState['kind'];
  private loading: Promise<unknown> | undefined;
  /** Ends what the view itself has asked for. */
  private background = new AbortController();
  private readonly changes = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable;
  readonly onDidChangeTreeData = this.changes.event;

  constructor(private readonly deps: SshKeysDeps) {
    this.owner = this.whose();
    this.kind = deps.session.state.kind;
    const tree = vscode.window.createTreeView(VIEW, { treeDataProvider: this });
    this.subscriptions = vscode.Disposable.from(
      tree,
      this.changes,
      deps.session.onDidChange(() => this.followSession()),
      tree.onDidChangeVisibility(({ visible }) => {
        if (visible && this.known !== undefined && Date.now() - this.known.lookedAt > STALE_MS) {
          this.refresh();
        }
      }),
    );
  }

  dispose(): void {
    this.background.abort();
    this.subscriptions.dispose();
  }

  /** The fingerprint of the key that the session signs with. */
  get sessionFingerprint(): string | undefined {
    return this.deps.session.stored?.profile.fingerprint;
  }

  /**
   * Asks the backend, and shows what it says.
   * @param tokens the session itself for background work, which never asks anybody
   * @throws what the API client throws, CancelledError
   */
  async load(tokens: TokenSource, signal: AbortSignal): Promise<readonly SshKey[]> {
    const { owner } = this;
    const loading = this.fetch(tokens, signal);
    this.loading = loading;
    try {
      const keys = await loading;
      this.learn(owner, loading, { keys });
      return keys;
    } catch (error) {
      if (error instanceof CancelledError) {
        this.giveUp(loading);
        throw error;
      }
      const failure = error instanceof Error ? error : new Error(String(error));
      const { keys } = this.known ?? {};
      this.learn(owner, loading, { ...(keys === undefined ? {} : { keys }), failure });
      throw error;
    }
  }

  /** Asks the backend behind the scenes; what went wrong is a row of the view. */
  refresh(): void {
    void this.loadInBackground();
  }

  /** Asks again after the backend was out of reach. */
  retryUnreachable(): void {
    if (isUnreachable(this.known?.failure)) {
      this.refresh();
    }
  }

  async getChildren(row?: ViewElement): Promise<ViewElement[]> {
    if (row !== undefined) {
      return [];
    }
    if (!this.isSignedOut() && this.known === undefined) {
      setContext('rows'); // no welcome while they are on their way
      await (this.loading?.catch(() => undefined) ?? this.loadInBackground());
    }
    if (this.isSignedOut()) {
      setContext('signedOut');
      return [];
    }
    const { keys = [], failure } = this.known ?? {};
    const rows = [
      ...(failure === undefined ? [] : [new SshKeyFailureNode(failure)]),
      ...keys.map((key) => this.rowOf(key)).sort((a, b) => +b.isThisKey - +a.isThisKey),
    ];
    setContext(rows.length === 0 && this.known !== undefined ? 'empty' : 'rows');
    return rows;
  }

  getTreeItem(row: ViewElement): vscode.TreeItem {
    return row.toTreeItem();
  }

  private rowOf(key: SshKey): SshKeyNode {
    return new SshKeyNode(key, key.fingerprint === this.sessionFingerprint);
  }

  private async loadInBackground(): Promise<void> {
    await this.load(this.deps.session, this.background.signal).catch(() => undefined);
  }

  private async fetch(tokens: TokenSource, signal: AbortSignal): Promise<readonly SshKey[]> {
    return listSshKeys(keysApi(this.deps, tokens), signal);
  }

  /** Nothing was learnt: a view that knows nothing yet asks by itself. */
  private giveUp(loading: Promise<unknown>): void {
    if (this.loading === loading) {
      this.loading = undefined;
      this.changes.fire();
    }
  }

  /** Takes an answer in, unless a later question is on its way or somebody else has signed in. */
  private learn(owner: string, loading: Promise<unknown>, news: Omit<Known, 'lookedAt'>): void {
    if (this.loading !== loading || this.owner !== owner) {
      return;
    }
    this.loading = undefined;
    this.known = { ...news, lookedAt: Date.now() };
    this.changes.fire();
  }

  private followSession(): void {
    const owner = this.whose();
    const { kind } = this.deps.session.state;
    // What stood in the way may be over. Not after every renewal: a backend that refuses each token
    // would be asked for ever.
    const hasRecovered = kind === 'signedIn' && this.kind !== kind && this.known?.failure;
    this.kind = kind;
    if (owner !== this.owner || hasRecovered) {
      this.owner = owner;
      this.forget();
    }
  }

  private forget(): void {
    this.background.abort();
    this.background = new AbortController();
    this.known = undefined;
    this.loading = undefined;
    this.changes.fire();
  }

  private isSignedOut(): boolean {
    const { state } = this.deps.session;
    const kind = state.kind === 'signingIn' ? state.settled.kind : state.kind;
    return kind === 'signedOut';
  }

  /** The same text for as long as the same credential's owner is meant. */
  private whose(): string {
    const { state, stored } = this.deps.session;
    const variable = state.kind === 'environment' ? state.variable : '';
    return `${variable} ${stored?.profile.sessionId ?? ''} ${stored?.profile.fingerprint ?? ''}`;
  }
}

function setContext(value: 'signedOut' | 'empty' | 'rows'): void {
  void vscode.commands.executeCommand('setContext', CONTEXT, value);
}

/** @throws KEY_NOT_FOUND when the list lacks the key */
export function requireKey(keys: readonly SshKey[], id: string): SshKey {
  const key = keys.find((candidate) => candidate.id === id);
  if (key === undefined) {
    const message = vscode.l10n.t('No key with this id is registered. It may have been removed.');
    throw new I99dashError('KEY_NOT_FOUND', message);
  }
  return key;
}
