import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

interface MenuItem {
  command: string;
  group?: string;
  when?: string;
}

interface Manifest {
  icon: string;
  contributes: {
    authentication: { id: string }[];
    commands: {
      command: string;
      title: string;
      category: string;
      icon?: string;
      enablement?: string;
    }[];
    configuration: { properties: Record<string, unknown> }[];
    icons: Record<string, unknown>;
    languageModelTools: { name: string; icon: string; toolReferenceName: string }[];
    menus: Record<string, MenuItem[]>;
    problemMatchers: { name: string }[];
    taskDefinitions: { type: string; properties: Record<string, unknown> }[];
    views: Record<string, { id: string; icon: string }[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    viewsWelcome: { view: string; when: string }[];
    walkthroughs: { id: string; steps: { media: { svg: string }; completionEvents: string[] }[] }[];
  };
}

/** Without a row, these commands ask which item is meant. */
const WITHOUT_A_ROW = [
  'i99dash.preview',
  'i99dash.previewTheme',
  'i99dash.removeKey',
  'i99dash.replaceKey',
  'i99dash.listTesters',
  'i99dash.inviteTesters',
  'i99dash.removeTester',
];
/** Commands that are useless without a session. Others that need a session offer to sign in. */
const NEEDS_A_SESSION = [
  'i99dash.signOut',
  'i99dash.unlock',
  'i99dash.removeKey',
  'i99dash.replaceKey',
  'i99dash.removeTester',
  'i99dash.rotateApiKey',
  'i99dash.refreshApps',
  'i99dash.refreshKeys',
  'i99op.signOut',
  'i99op.unlock',
];

describe('package.json contributions', () => {
  const { contributes, icon } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Manifest;
  const { commands, menus } = contributes;
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(ROOT, 'src', name), 'utf8') }));
  const code = sources.map(({ text }) => text).join('\n');
  const views = Object.values(contributes.views).flat();

  /** Returns the `when` clause of a command in the palette; undefined if it is always visible. */
  function inPalette(id: string): string | undefined {
    const { enablement } = commands.find(({ command }) => command === id) ?? {};
    const { when } = menus['commandPalette']?.find(({ command }) => command === id) ?? {};
    return when ?? enablement;
  }

  it('give every command a title, its realm as category, and an icon', () => {
    for (const { command, title, category, icon: shown } of commands) {
      assert.match(title, /^%command\.[\w.]+%$/u, command);
      assert.equal(category, command.split('.')[0], command);
      assert.match(shown ?? '', /^\$\([a-z-]+\)$/u, command);
    }
  });

  it('declare in every menu where a command belongs', () => {
    for (const [menu, items] of Object.entries(menus)) {
      for (const { command, when = '', group = '' } of items) {
        assert.notEqual(when, '', `${command} in ${menu}`);
        assert.equal(group === '', menu === 'commandPalette', `${command} in ${menu}`);
        const view = /view == ([\w.]+)/u.exec(when)?.[1];
        assert.equal(menu.startsWith('view/'), view !== undefined, `${command} in ${menu}`);
        assert.ok(view === undefined || views.some(({ id }) => id === view), when);
      }
    }
  });

  it('keep commands that need a row out of the palette', () => {
    const onRows = new Set(menus['view/item/context']?.map(({ command }) => command));
    assert.ok(onRows.size > 5);
    for (const command of onRows) {
      if (!WITHOUT_A_ROW.includes(command)) {
        assert.equal(inPalette(command), 'false', command);
      }
    }
  });

  it('offer every button to the keyboard, in the palette or in the menu of the row', () => {
    for (const { command } of [...(menus['view/title'] ?? []), ...(menus['editor/title'] ?? [])]) {
      assert.notEqual(inPalette(command), 'false', command);
    }
    const onRows = menus['view/item/context'] ?? [];
    const [inline, listed] = [true, false].map((isInline) =>
      onRows.filter(({ group = '' }) => group.startsWith('inline') === isInline),
    );
    assert.ok(inline !== undefined && inline.length > 2);
    for (const { command, when } of inline) {
      assert.ok(
        listed?.some((item) => item.command === command && item.when === when),
        command,
      );
    }
  });

  it('hide commands that need a session while the user is signed out', () => {
    for (const command of NEEDS_A_SESSION) {
      assert.match(inPalette(command) ?? '', /\.(?:sessionState|credential)\b/u, command);
    }
  });

  it('hide the operator features until they are enabled', () => {
    const ofOperators = commands.filter(({ category }) => category === 'i99op');
    assert.ok(ofOperators.length > 5);
    for (const { command, enablement } of ofOperators) {
      assert.match(enablement ?? '', /^config\.i99op\.enabled\b/u, command);
    }
  });

  it('use no context key that the code does not set', () => {
    const conditions = [
      ...commands.map(({ enablement = '' }) => enablement),
      ...Object.values(menus).flatMap((items) => items.map(({ when = '' }) => when)),
      ...contributes.viewsWelcome.map(({ when }) => when),
      ...contributes.walkthroughs.flatMap(({ steps }) =>
        steps.flatMap(({ completionEvents }) => completionEvents),
      ),
    ];
    const ids = new Set(views.map(({ id }) => id));
    const keys = conditions.flatMap((text) =>
      [...text.matchAll(/(?<!config\.)\bi99(?:dash|op)\.(\w+)/gu)].filter(([key]) => !ids.has(key)),
    );
    assert.ok(keys.length > 20);
    for (const [key, name = ''] of keys) {
      const isSet = new RegExp(
        `'${key.replace('.', '\\.')}'|\\.${name}\`|'${name}'|\\b${name}:`,
        'u',
      );
      assert.match(code, isSet, key);
    }
  });

  it('declare nothing that the code does not use', () => {
    for (const { id } of contributes.authentication) {
      assert.ok(code.includes(`'${id}'`), id);
    }
    for (const name of Object.keys(contributes.icons)) {
      assert.ok(code.includes(name), name);
    }
    for (const { name, toolReferenceName } of contributes.languageModelTools) {
      assert.ok(code.includes(`lm.registerTool('${name}'`), name);
      assert.match(toolReferenceName, /^i99dash[A-Z]\w+$/u);
    }
    for (const { name } of contributes.problemMatchers) {
      assert.ok(code.includes(`'$${name}'`), name);
    }
    for (const { type, properties } of contributes.taskDefinitions) {
      assert.ok(code.includes(`type: '${type}'`), type);
      for (const property of Object.keys(properties)) {
        assert.match(code, new RegExp(`\\b${property}\\??: `, 'u'), property);
      }
    }
    for (const { id } of views) {
      assert.ok(code.includes(`'${id}'`), id);
      assert.ok(
        contributes.viewsWelcome.some(({ view }) => view === id),
        id,
      );
    }
    for (const setting of contributes.configuration.flatMap(({ properties }) =>
      Object.keys(properties),
    )) {
      const [realm = '', ...rest] = setting.split('.');
      const name = rest.join('.');
      assert.ok(
        [`'${setting}'`, `'${name}'`, `'${realm}', '${name}'`].some((text) =>
          code.includes(text),
        ) || code.includes(`.${name}\``),
        setting,
      );
    }
  });

  it('take every color from the theme', () => {
    const css = /#(?:[0-9a-f]{3,4}){1,2}\b|\b(?:rgba?|hsla?)\(/iu;
    assert.doesNotMatch(JSON.stringify(contributes), css);
    // Images that the extension draws, new projects, and the colors of a car's theme.
    const own = /(?:placeholderIcon|themeDefaults)\.ts$|newProject.templates/u;
    const shown = sources.filter(({ name }) => !own.test(name));
    for (const { name, text } of shown) {
      assert.doesNotMatch(text, css, name);
      for (const [sequence, codes = ''] of text.matchAll(/\\u001B\[([\d;]*)m/gu)) {
        // The eight terminal colors come from the theme.
        assert.match(codes, /^(?:0|3[0-7])$/u, `${name}: ${sequence}`);
      }
    }
    const pictures = readdirSync(join(ROOT, 'media/walkthrough')).map(
      (name) => `walkthrough/${name}`,
    );
    for (const name of ['i99dash.svg', ...pictures]) {
      const svg = readFileSync(join(ROOT, 'media', name), 'utf8');
      const paints = [...svg.matchAll(/\b(?:fill|stroke|stop-color|color|style)="([^"]*)"/gu)];
      assert.ok(paints.length > 1, name);
      for (const [, paint = ''] of paints) {
        assert.match(paint, /^(?:none|currentColor|var\(--vscode-[^#]*\))$/u, name);
      }
    }
  });

  it('give every row and status bar item a label for screen readers', () => {
    const made = /new vscode\.TreeItem\(|createStatusBarItem\(/gu;
    const spoken = /\.accessibilityInformation = /gu;
    const items = sources.flatMap(({ text }) => text.match(made) ?? []);
    assert.ok(items.length > 3);
    for (const { name, text } of sources) {
      assert.equal(text.match(spoken)?.length, text.match(made)?.length, name);
    }
  });

  it('refer only to existing files', () => {
    const files = [
      icon,
      ...contributes.viewsContainers.activitybar.map((container) => container.icon),
      ...views.map((view) => view.icon),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
    ];
    for (const file of files) {
      assert.ok(existsSync(join(ROOT, file)), file);
    }
  });
});
