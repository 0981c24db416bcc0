import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { readTextFile } from '../../core/platform/readTextFile';
import { escapeHtml } from '../../core/text/escapeHtml';
import { textLanguage } from '../../core/text/l10n';

/**
 * Returns the page of a theme's preview. It loads nothing but its own script and style, and the
 * pictures of the theme.
 * @param media the folder with the page, its script and its style
 */
export async function previewHtml(webview: vscode.Webview, media: vscode.Uri): Promise<string> {
  const nonce = randomBytes(16).toString('base64');
  const address = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
  const language = textLanguage();
  const values: Readonly<Record<string, string>> = {
    ...words(),
    nonce,
    policy: [
      "default-src 'none'",
      `img-src ${webview.cspSource}`,
      `style-src 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
    ].join('; '),
    language,
    direction: language.startsWith('ar') ? 'rtl' : 'ltr',
    style: address('theme.css'),
    script: address('theme.js'),
  };
  const page = await readTextFile(vscode.Uri.joinPath(media, 'theme.html').fsPath);
  return page.replace(/\{\{(\w+)\}\}/gu, (_, name: string) => escapeHtml(values[name] ?? ''));
}

/** Returns the texts of the page. What is drawn of the head unit is a picture of one. */
function words(): Record<string, string> {
  return {
    previewTheme: vscode.l10n.t('Preview Theme'),
    notSet: vscode.l10n.t('not set'),
    contrast: vscode.l10n.t('contrast'),
    tooLow: vscode.l10n.t('too low'),
    theme: vscode.l10n.t('Theme'),
    darkWallpaper: vscode.l10n.t('Dark wallpaper'),
    broken: vscode.l10n.t('The theme is not valid JSON. The preview shows its last valid state.'),
    homeScreen: vscode.l10n.t('Home screen'),
    navigation: vscode.l10n.t('Navigation'),
    arrival: vscode.l10n.t('12 minutes to the office'),
    searchForAPlace: vscode.l10n.t('Search for a place'),
    start: vscode.l10n.t('Start'),
    music: vscode.l10n.t('Music'),
    eveningDrive: vscode.l10n.t('Evening Drive'),
    pause: vscode.l10n.t('Pause'),
    next: vscode.l10n.t('Next'),
    vehicle: vscode.l10n.t('Vehicle'),
    doorOpen: vscode.l10n.t('Door open'),
    tirePressureLow: vscode.l10n.t('Tire pressure low'),
    doorsUnlocked: vscode.l10n.t('Doors unlocked'),
    instrumentCluster: vscode.l10n.t('Instrument cluster'),
    colors: vscode.l10n.t('Colors'),
  };
}
