import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { describeCertificates, describeProxy } from '../core/http/networkReport';
import { readCertificates } from '../core/http/certificateStore';
import { NO_EXPIRY } from '../core/signIn/accessToken';
import type { AccessToken } from '../core/signIn/requestToken';
import type { Session } from '../core/session/session';
import type { SessionState } from '../core/session/sessionState';
import { sshFolder } from '../core/platform/homePath';
import { agentSocket } from './keys/agentKeys';
import { settings } from './settings';

/** Copies a report that is safe to share: no tokens, names, e-mail addresses or paths. */
export async function copyDiagnostics(
  session: Session,
  extension: vscode.Extension<unknown>,
  backend: string,
): Promise<void> {
  const { version } = extension.packageJSON as { version: string };
  const rows: [string, string][] = [
    ['i99dash', version],
    ['VS Code', `${vscode.version} (${vscode.env.appHost}, ${vscode.env.remoteName ?? 'local'})`],
    ['Node', `${process.version} on ${process.platform} ${process.arch}`],
    ['Backend', URL.canParse(backend) ? new URL(backend).origin : backend],
    ['Proxy', proxyReport(backend)],
    ['Certificates', describeCertificates(await readCertificates(settings.network().trust ?? {}))],
    ['Workspace trusted', String(vscode.workspace.isTrusted)],
    ['SSH agent', await agentReport()],
    ['Now', new Date().toISOString()],
    ...sessionRows(session.state),
  ];
  const report = rows.map(([name, value]) => `${name}: ${value}`).join('\n');
  await vscode.env.clipboard.writeText(report);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Diagnostics copied. They contain no secrets or account names.'),
  );
}

function proxyReport(backend: string): string {
  const { proxy = {} } = settings.network();
  return URL.canParse(backend) ? describeProxy(new URL(backend), proxy) : 'unknown';
}

async function agentReport(): Promise<string> {
  if (!settings.useAgent()) {
    return 'not used';
  }
  return (await agentSocket()) === undefined ? 'none' : 'configured';
}

/**
 * Describes the location of a key without its file name, which often contains the name of the user
 * or a customer.
 */
function keyReport(path: string | undefined): string {
  if (path === undefined) {
    return 'no file';
  }
  if (path === join(sshFolder(), 'id_ed25519')) {
    return '~/.ssh/id_ed25519';
  }
  return dirname(path) === sshFolder() ? 'another in ~/.ssh' : 'elsewhere';
}

function sessionRows(state: SessionState): [string, string][] {
  const kind: [string, string] = ['Session', state.kind];
  if (state.kind === 'environment') {
    return [kind, ['Variable', state.variable], ['Refused', String(state.failure !== undefined)]];
  }
  const settled = state.kind === 'signingIn' ? state.settled : state;
  if (settled.kind === 'signedOut') {
    return [kind];
  }
  const { profile, minted } = settled;
  return [
    kind,
    ['Source', profile.source],
    ['Key', keyReport(profile.keyPath)],
    ['Fingerprint', profile.fingerprint ?? 'none'],
    ['Developer', String(profile.account.isDeveloper)],
    ['Minted', minted === undefined ? 'lost' : new Date(minted.mintedAt).toISOString()],
    ['Expires', expiryReport(minted)],
    ...('failure' in settled
      ? ([['Last failure', `${settled.failure.code} ${settled.failure.status ?? ''}`.trim()]] as [
          string,
          string,
        ][])
      : []),
  ];
}

function expiryReport(minted: AccessToken | undefined): string {
  if (minted === undefined) {
    return 'lost';
  }
  return minted.expiresAt === NO_EXPIRY ? 'never' : new Date(minted.expiresAt).toISOString();
}
