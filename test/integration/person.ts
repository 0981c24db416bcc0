import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { useStandIn } from './support';

/** A question as the user saw it. */
interface Asked {
  title: string;
  /** The text below the title. */
  words: string;
  /** The rows of a picker, including separators. */
  rows: string[];
  /** The validation messages for rejected answers. */
  objections: string[];
}

/** A simulated user who answers pickers, input boxes and file dialogs. */
interface Person {
  /**
   * The next answers: part of a row's label, text to type, or a file's path. Without further
   * answers, and for undefined, the user cancels.
   */
  answers: (string | undefined)[];
  /** The questions of the current test. */
  readonly asked: readonly Asked[];
}

/** Answers questions in place of the user for the length of a suite. */
export function usePerson(): Person {
  const asked: Asked[] = [];
  const person: Person = { answers: [], asked };
  const note = (title = '', words = '', rows: string[] = []): Asked => {
    const question = { title, words, rows, objections: [] };
    asked.push(question);
    return question;
  };

  useStandIn(
    vscode.window,
    'showQuickPick',
    (items: readonly vscode.QuickPickItem[], options: vscode.QuickPickOptions) => {
      const { rows } = note(
        options.title,
        options.placeHolder,
        items.map(({ label }) => label),
      );
      const answer = person.answers.shift();
      if (answer === undefined) return Promise.resolve(undefined);
      const picked = items.find(({ label }) => label.includes(answer));
      assert.ok(picked, `${answer} is not among ${rows.join(', ')}`);
      return Promise.resolve(picked);
    },
  );
  useStandIn(vscode.window, 'showInputBox', async (options: vscode.InputBoxOptions) => {
    const { objections } = note(options.title, options.prompt);
    for (;;) {
      const answer = person.answers.shift();
      if (answer === undefined) return undefined;
      const objection = await options.validateInput?.(answer);
      if (objection === undefined || objection === null) return answer;
      assert.ok(typeof objection === 'string');
      objections.push(objection);
    }
  });
  useStandIn(vscode.window, 'showOpenDialog', (options: vscode.OpenDialogOptions) => {
    note(options.title);
    const answer = person.answers.shift();
    return Promise.resolve(answer === undefined ? undefined : [vscode.Uri.file(answer)]);
  });
  beforeEach(() => {
    person.answers = [];
    asked.length = 0;
  });
  return person;
}

/**
 * Gives a suite a new home folder with an empty `.ssh`. It also applies to the extension, which
 * runs in this process.
 */
export function useOwnHome(): void {
  const { HOME, USERPROFILE } = process.env;
  let own: string;
  before(() => {
    own = mkdtempSync(join(homedir(), 'home-'));
    mkdirSync(join(own, '.ssh'));
    Object.assign(process.env, { HOME: own, USERPROFILE: own });
  });
  after(() => {
    for (const [name, value] of Object.entries({ HOME, USERPROFILE })) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(own, { recursive: true });
  });
}
