import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const nodeGlobals = {
  process: 'readonly',
  console: 'readonly',
  URL: 'readonly',
  Buffer: 'readonly',
  setTimeout: 'readonly',
  clearTimeout: 'readonly',
};

/**
 * Each argument of a call uses stack space: spreading a long list of external origin ends in a
 * RangeError.
 */
const SPREAD_ARGUMENTS = {
  selector:
    'CallExpression[callee.property.name=/^(push|unshift|splice|concat|min|max|fromCharCode|fromCodePoint|apply)$/] > SpreadElement',
  message: 'add the entries of a list one by one, or join lists with concat(list)',
};

const UNFOCUSED_PICKERS = {
  selector:
    "MemberExpression[object.property.name='window'][property.name=/^(showQuickPick|showInputBox|showOpenDialog|createQuickPick|createInputBox)$/]",
  message: 'pickers.ts shows pickers and input boxes, so that they keep the focus',
};

export default defineConfig(
  globalIgnores(['dist', 'out', '.build', '.vscode-test', 'coverage', 'test/fixtures']),
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: nodeGlobals },
  },
  {
    files: ['media/**/*.js'],
    languageOptions: {
      globals: { acquireVsCodeApi: 'readonly', document: 'readonly', window: 'readonly' },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'max-len': ['error', { code: 1_000, comments: 100, ignoreUrls: true }],
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
    },
  },
  {
    // A pattern with quadratic time blocks all extensions on a long text.
    files: ['src/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
      'no-restricted-syntax': ['error', SPREAD_ARGUMENTS],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'vscode', message: 'core knows nothing of VS Code' }],
          patterns: [{ group: ['**/vscode/**', '**/test/**'], message: 'imports point down only' }],
        },
      ],
      'no-console': 'error',
    },
  },
  {
    files: ['src/vscode/**/*.ts'],
    ignores: ['src/vscode/ui/pickers.ts'],
    rules: { 'no-restricted-syntax': ['error', SPREAD_ARGUMENTS, UNFOCUSED_PICKERS] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
);
