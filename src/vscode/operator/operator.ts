import * as vscode from 'vscode';
import type { SshKey } from '../../core/api/sshKeys';
import type { Call } from '../../core/consent';
import { WalletWatch } from '../../core/operator/walletWatch';
import { operatorRealm } from '../../core/realm';
import { showAccountMenu } from '../session/accountMenu';
import type { AddKeyArguments } from '../keys/addKey';
import { DeviceCodeBackends } from '../session/deviceCodeBackends';
import { createAuthServices, type AuthServices, type AuthDeps } from '../session/authServices';
import { signOut } from '../session/signOut';
import { IdentityStatusBar } from '../session/statusBar';
import { unlockNow } from '../keys/unlock';
import { balanceBadge, operatorItems, showBalance } from './balance';
import { readConfig, showConfig, type OperatorConfig } from './operatorConfig';
import { addOperatorKey, listOperatorKeys } from './operatorKeys';
import { signInOperator, type OperatorSignInArguments } from './signInOperator';

/**
 * Interval at which the wallet watch may refresh, in milliseconds. The watch decides how often it
 * calls the backend.
 */
const BALANCE_INTERVAL_MS = 60_000;

/** The features for operators: the same session services with another realm, and a wallet. */
export class Operator implements vscode.Disposable {
  private readonly parts: AuthServices;
  private readonly wallet: WalletWatch;
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly shared: AuthDeps) {
    this.parts = createAuthServices(operatorRealm, shared);
    const { transport, logger } = shared;
    const { session, clock, backendUrl, backendForPeople } = this.parts;
    this.wallet = new WalletWatch({ session, transport, clock, logger, backendUrl });
    const statusBar = new IdentityStatusBar({
      ...{ session, clock, backend: backendForPeople, isWanted: () => true },
      badge: () => balanceBadge(this.wallet.known),
    });
    const timer = setInterval(() => this.look(vscode.window.state), BALANCE_INTERVAL_MS);
    this.subscriptions = vscode.Disposable.from(
      ...[this.parts, this.wallet, statusBar],
      { dispose: () => clearInterval(timer) },
      this.wallet.onDidChange(() => statusBar.update()),
      vscode.window.onDidChangeWindowState((state) => this.look(state)),
    );
  }

  async signIn(call: Call, args: OperatorSignInArguments): Promise<OperatorConfig> {
    const deviceCodes = new DeviceCodeBackends(this.shared.context.globalState);
    await signInOperator({ ...this.parts, deviceCodes }, call, args);
    return readConfig(this.parts);
  }

  signOut(): Promise<true> {
    return signOut(this.parts.session);
  }

  unlock(): Promise<true> {
    const { session, scheduler, tokens } = this.parts;
    return unlockNow(session, scheduler, tokens);
  }

  showConfig(): OperatorConfig {
    return showConfig(this.parts);
  }

  balance(): ReturnType<typeof showBalance> {
    return showBalance(this.wallet, this.parts.tokens);
  }

  listKeys(args: unknown): Promise<SshKey[]> {
    return listOperatorKeys(this.parts, this.shared.transport, args);
  }

  addKey(call: Call, args: AddKeyArguments): Promise<SshKey> {
    return addOperatorKey(this.parts, this.shared.transport, call, args);
  }

  showAccountMenu(): Promise<void> {
    const { session, backendForPeople } = this.parts;
    return showAccountMenu(session, backendForPeople(), operatorItems());
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private look({ focused }: vscode.WindowState): void {
    if (focused) {
      void this.wallet.refresh();
    }
  }
}
