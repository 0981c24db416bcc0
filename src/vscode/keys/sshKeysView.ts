import * as vscode from 'vscode';
import { ApiClient, boundTokens } from '../../core/api/client';
import { listSshKeys, type SshKey } from '../../core/api/sshKeys';
import type { Session } from '../../core/session/session';
import type { SessionState } from '../../core/session/sessionState';
import { CancelledError, I99dashError } from '../../core/errors';
import type { TokenSource, Transport } from '../../core/platform/interfaces';
import { isUnreachable } from '../../core/http/reachability';
import { failureNode } from '../ui/failureNode';
import { setContextKey } from '../ui/runCommand';
import { TreeNodes, type TreeNode } from '../ui/treeNode';
import { sshKeyNode } from './sshKeyNode';

/** The view reloads when it becomes visible after this time, in milliseconds. */
const STALE_MS = 60_000;
const VIEW = 'i99dash.sshKeys';
/** Context key for the welcome texts: `signedOut`, `empty`, or `rows` for no welcome text. */
const CONTEXT = 'i99dash.sshKeysView';

export interface SshKeysDeps {
  session: Session;
  transport: Transport;
  /**
   * Returns the current backend.
   * @throws BACKEND_REFUSED
   */
  backendUrl: () => string;
}

/**
 * Creates a client for the current backend. It receives tokens only for this backend.
 * @throws BACKEND_REFUSED
 */
export function keysApi(
  { transport, backendUrl }: Pick<SshKeysDeps, 'transport' | 'backendUrl'>,
  tokens: TokenSource,
): ApiClient {
  const url = backendUrl();
  return new ApiClient(url, transport, boundTokens(url, tokens, backendUrl));
}

/** The result of the last load. */
interface Known {
  /** Undefined until the first successful load. */
  keys?: readonly SshKey[];
  /** Why the last load failed. */
  failure?: Error;
  /** Milliseconds since the epoch. */
  lookedAt: number;
}

/**
 * The *SSH Keys* view. It loads when it first becomes visible, never prompts on its own, and keeps
 * the last known keys while the backend is unreachable.
 */
export class SshKeysView implements vscode.Disposable {
  private known: Known | undefined;
  /** Identifies the credential that the keys were loaded for. */
  private owner: string;
  private kind: SessionState['kind'];
  private loading: Promise<unknown> | undefined;
  /** Aborts the view's own background loads. */
  private background = new AbortController();
  private readonly nodes = new TreeNodes(() => this.render());
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly deps: SshKeysDeps) {
    this.owner = this.whose();
    this.kind = deps.session.state.kind;
    const tree = vscode.window.createTreeView(VIEW, { treeDataProvider: this.nodes });
    this.subscriptions = vscode.Disposable.from(
      tree,
      this.nodes,
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

  /** Returns the fingerprint of the key that the session signs with. */
  get sessionFingerprint(): string | undefined {
    return this.deps.session.ownSession?.profile.fingerprint;
  }

  /**
   * Loads the keys from the backend and shows them.
   * @param tokens Token source. The session itself, which never prompts, for background loads.
   * @throws CancelledError and the errors of the API client
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

  /** Reloads the keys in the background. A failure is shown as a node of the view. */
  refresh(): void {
    void this.loadInBackground();
  }

  /** Reloads the keys if the backend was unreachable. */
  retryUnreachable(): void {
    if (isUnreachable(this.known?.failure)) {
      this.refresh();
    }
  }

  private async render(): Promise<TreeNode[]> {
    if (!this.isSignedOut() && this.known === undefined) {
      setContext('rows'); // no welcome text while the keys load
      await (this.loading?.catch(() => undefined) ?? this.loadInBackground());
    }
    if (this.isSignedOut()) {
      setContext('signedOut');
      return [];
    }
    const { keys = [], failure } = this.known ?? {};
    const isThisKey = ({ fingerprint }: SshKey): boolean => fingerprint === this.sessionFingerprint;
    const nodes = [
      ...(failure === undefined
        ? []
        : [failureNode(failure, this.deps.session.state, 'i99dash.refreshKeys')]),
      ...[...keys]
        .sort((a, b) => +isThisKey(b) - +isThisKey(a))
        .map((key) => sshKeyNode(key, isThisKey(key))),
    ];
    setContext(nodes.length === 0 && this.known !== undefined ? 'empty' : 'rows');
    return nodes;
  }

  private async loadInBackground(): Promise<void> {
    await this.load(this.deps.session, this.background.signal).catch(() => undefined);
  }

  private async fetch(tokens: TokenSource, signal: AbortSignal): Promise<readonly SshKey[]> {
    return listSshKeys(keysApi(this.deps, tokens), signal);
  }

  /**
   * Handles a cancelled load. The tree is refreshed, because a view without data loads again on its
   * own.
   */
  private giveUp(loading: Promise<unknown>): void {
    if (this.loading === loading) {
      this.loading = undefined;
      this.nodes.redraw();
    }
  }

  /** Stores a result, unless a later load has started or the credential has changed. */
  private learn(owner: string, loading: Promise<unknown>, news: Omit<Known, 'lookedAt'>): void {
    if (this.loading !== loading || this.owner !== owner) {
      return;
    }
    this.loading = undefined;
    this.known = { ...news, lookedAt: Date.now() };
    this.nodes.redraw();
  }

  private followSession(): void {
    const owner = this.whose();
    const { kind } = this.deps.session.state;
    // The cause of the failure may be gone. Do not retry after each token refresh: a backend that
    // rejects every token would be called forever.
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
    this.nodes.redraw();
  }

  private isSignedOut(): boolean {
    const { state } = this.deps.session;
    const kind = state.kind === 'signingIn' ? state.settled.kind : state.kind;
    return kind === 'signedOut';
  }

  /**
   * Identifies the owner of the current credential by a string that changes only with the owner.
   */
  private whose(): string {
    const { state, ownSession } = this.deps.session;
    const variable = state.kind === 'environment' ? state.variable : '';
    return `${variable} ${ownSession?.profile.sessionId ?? ''} ${ownSession?.profile.fingerprint ?? ''}`;
  }
}

function setContext(value: 'signedOut' | 'empty' | 'rows'): void {
  void setContextKey(CONTEXT, value);
}

/**
 * Returns the key with the given id.
 * @throws KEY_NOT_FOUND if the list lacks it
 */
export function requireKey(keys: readonly SshKey[], id: string): SshKey {
  const key = keys.find((candidate) => candidate.id === id);
  if (key === undefined) {
    const message = vscode.l10n.t('No key with this id is registered. It may have been removed.');
    throw new I99dashError('KEY_NOT_FOUND', message);
  }
  return key;
}
