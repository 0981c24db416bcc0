import * as vscode from 'vscode';
import { CATEGORIES } from '../../core/publish/rules/manifestValues';
import { orCancel } from '../ui/ask';
import { showInput } from '../ui/pickers';
import { pickChoice } from '../ui/quickPick';

interface NameQuestion {
  title: string;
  /** The name in the input box at first. */
  suggested: string;
  /** Returns why a text cannot be the name; undefined if it can. */
  validate: (name: string) => string | undefined;
  /** Returns the ID that results from a valid name. */
  idFor: (name: string) => string;
  /** The name of the file that will hold the ID. */
  manifestFile: string;
}

/**
 * Asks for the name of a new project. Shows the ID that results from it, which cannot change once
 * the project is published.
 * @throws CancelledError
 */
export async function askForName(question: NameQuestion): Promise<string> {
  const { title, suggested, validate, idFor, manifestFile } = question;
  const name = await showInput({
    title,
    prompt: vscode.l10n.t('The name that people see.'),
    value: suggested,
    ignoreFocusOut: true,
    validateInput: (value) => {
      const objection = validate(value);
      if (objection !== undefined) {
        return { message: objection, severity: vscode.InputBoxValidationSeverity.Error };
      }
      const message = vscode.l10n.t(
        'ID: {0}. You can change it in {1} until you publish.',
        idFor(value),
        manifestFile,
      );
      return { message, severity: vscode.InputBoxValidationSeverity.Info };
    },
  });
  return orCancel(name).trim();
}

/**
 * Asks for the category of a mini-app.
 * @throws CancelledError
 */
export function askForCategory(title: string): Promise<string> {
  const names = categoryNames();
  return pickChoice(
    CATEGORIES.map((category) => ({
      label: names[category],
      choose: () => Promise.resolve(category),
    })),
    { title, placeHolder: vscode.l10n.t('Where the store lists the app') },
  );
}

function categoryNames(): Record<(typeof CATEGORIES)[number], string> {
  return {
    navigation: vscode.l10n.t('Navigation'),
    media: vscode.l10n.t('Media'),
    vehicle: vscode.l10n.t('Vehicle'),
    productivity: vscode.l10n.t('Productivity'),
    communication: vscode.l10n.t('Communication'),
    entertainment: vscode.l10n.t('Entertainment'),
    services: vscode.l10n.t('Services'),
    lifestyle: vscode.l10n.t('Lifestyle'),
    developer: vscode.l10n.t('Developer'),
    other: vscode.l10n.t('Other'),
  };
}
