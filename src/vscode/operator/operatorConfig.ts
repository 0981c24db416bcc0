import * as vscode from 'vscode';
import { isTokenRejection } from '../../core/session/refreshPolicy';
import { toIdentity, type SessionState } from '../../core/session/sessionState';
import { abbreviateHome } from '../../core/platform/homePath';
import { accountLabel } from '../../core/identity';
import { textLanguage } from '../../core/text/l10n';
import { showInfo } from '../ui/showInfo';
import type { AuthServices } from '../session/authServices';

/** The result of `i99op.showConfig`. It never contains a token. */
export interface OperatorConfig {
  baseUrl: string;
  signedIn: boolean;
  fingerprint?: string;
  keyPath?: string;
  /** ISO 8601. */
  expiresAt?: string;
}

/**
 * Shows the operator's backend, session and key.
 * @throws BACKEND_REFUSED
 */
export function showConfig(parts: AuthServices): OperatorConfig {
  const config = readConfig(parts);
  const { state, ownSession } = parts.session;
  const words = [
    vscode.l10n.t('Backend: {0}.', config.baseUrl),
    ownSession === undefined
      ? vscode.l10n.t('Not signed in.')
      : vscode.l10n.t('{0}: {1}.', accountLabel(ownSession.profile.account), stateInWords(state)),
    ...keyInWords(config),
    ...(config.expiresAt === undefined
      ? []
      : [
          vscode.l10n.t(
            'Token until {0}.',
            new Date(config.expiresAt).toLocaleTimeString(textLanguage()),
          ),
        ]),
  ];
  showInfo(words.join(' '));
  return config;
}

/**
 * Reads the operator's configuration.
 * @throws BACKEND_REFUSED
 */
export function readConfig({ session, backendUrl }: AuthServices): OperatorConfig {
  const baseUrl = backendUrl();
  const { ownSession, state } = session;
  if (ownSession === undefined) {
    return { baseUrl, signedIn: false };
  }
  const { fingerprint, expiresAt } = toIdentity(ownSession, baseUrl);
  const { keyPath } = ownSession.profile;
  return {
    baseUrl,
    signedIn: state.kind !== 'rejected',
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(keyPath === undefined ? {} : { keyPath }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function stateInWords(state: SessionState): string {
  switch (state.kind) {
    case 'locked':
      return vscode.l10n.t('locked');
    case 'offline':
      return isTokenRejection(state.failure)
        ? vscode.l10n.t('not accepted')
        : vscode.l10n.t('offline');
    case 'rejected':
      return vscode.l10n.t('no longer accepted');
    case 'signingIn':
      return vscode.l10n.t('signing in');
    default:
      return vscode.l10n.t('signed in');
  }
}

function keyInWords({ keyPath, fingerprint }: OperatorConfig): string[] {
  if (fingerprint === undefined) {
    return [];
  }
  const place = keyPath === undefined ? vscode.l10n.t('SSH agent') : abbreviateHome(keyPath);
  return [vscode.l10n.t('Key: {0} ({1}).', place, fingerprint)];
}
