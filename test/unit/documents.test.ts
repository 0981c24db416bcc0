import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { COMMAND_IDS } from '../../src/vscode/commands/commandIds';

interface Setting {
  readonly default: unknown;
}

interface Package {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
}

const ROOT = join(__dirname, '../..');
const { contributes } = JSON.parse(read('package.json')) as Package;
const TITLES = JSON.parse(read('package.nls.json')) as Record<string, string>;
const SETTINGS = Object.assign(
  {},
  ...contributes.configuration.map(({ properties }) => properties),
) as Record<string, Setting>;
const DOCUMENTS = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...['l10n/README.md', 'test/backend/README.md'],
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** The documents for users, where every id is one of this version. */
const FOR_USERS = ['README.md', ...DOCUMENTS.filter((name) => name.startsWith('docs/'))];
/** Names in the form of an id: the extension, the package, a domain, a group of settings. */
const OTHER_NAMES = ['i99dash.i99dash', 'i99dash.vsix', 'i99dash.app', 'i99dash.ssh'];

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Returns the anchors of a document's headings, as GitHub and VS Code make them. */
function anchors(file: string): string[] {
  return [...read(file).matchAll(/^#{1,6} (.*)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Returns the relative links and pictures of a document. */
function links(file: string): string[] {
  const text = read(file).replace(/```.*?```/gsu, '');
  const found = [
    ...text.matchAll(/\]\(([^)\s]+)\)/gu),
    ...text.matchAll(/ (?:src|srcset)="([^"]+)"/gu),
  ];
  return found.map(([, link = '']) => link).filter((link) => !/^[a-z]+:/u.test(link));
}

describe('documents', () => {
  for (const document of DOCUMENTS) {
    it(`link to existing files and headings: ${document}`, () => {
      for (const link of links(document)) {
        const [path = '', anchor] = link.split('#', 2);
        const file = path === '' ? document : relative(ROOT, join(ROOT, dirname(document), path));
        assert.ok(existsSync(join(ROOT, file)), link);
        assert.ok(anchor === undefined || anchors(file).includes(anchor), link);
      }
    });
  }

  for (const document of FOR_USERS) {
    it(`name only existing commands and settings: ${document}`, () => {
      const ids = read(document).match(/\bi99(?:dash|op)\.[a-z][a-zA-Z.]*[a-zA-Z]\b/gu) ?? [];
      const known = new Set<string>([...COMMAND_IDS, ...Object.keys(SETTINGS), ...OTHER_NAMES]);
      assert.deepEqual(
        ids.filter((id) => !known.has(id)),
        [],
      );
    });
  }

  it('describe every command under its title', () => {
    const text = read('docs/commands.md');
    for (const { command, title } of contributes.commands) {
      assert.ok(text.includes(`**\`${command}\`**`), command);
      const shown = TITLES[title.replaceAll('%', '')] ?? title;
      assert.ok(text.includes(shown), `${command}: ${shown}`);
    }
  });

  it('describe every setting with its default', () => {
    const parts = read('docs/settings.md').split(/^### /mu);
    for (const [name, setting] of Object.entries(SETTINGS)) {
      const part = parts.find((each) => each.startsWith(`\`${name}\``));
      assert.ok(part, name);
      const value = String(setting.default);
      assert.ok(part.includes(value === '' ? 'Empty by default' : `Default \`${value}\``), name);
    }
  });

  it('have a section for every error code in the troubleshooting', () => {
    const [, union = ''] = /type ErrorCode =(.*?);/su.exec(read('src/core/errors.ts')) ?? [];
    const codes = [...union.matchAll(/'([A-Z_]+)'/gu)].map(([, code]) => code);
    const sections = [...read('docs/troubleshooting.md').matchAll(/^### ([A-Z_]+)$/gmu)];
    assert.ok(codes.length > 20);
    assert.deepEqual(sections.map(([, code]) => code).sort(), codes.sort());
  });

  it('are linked from the README, which has at most 150 lines', () => {
    const linked = links('README.md');
    const missing = FOR_USERS.filter((name) => name !== 'docs/tests.md' && name !== 'README.md');
    assert.deepEqual(
      missing.filter((name) => !linked.includes(name)),
      [],
    );
    assert.ok(read('README.md').split('\n').length <= 151);
  });
});
