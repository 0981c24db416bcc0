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

/** Without a row these ask which one is meant. */
const WITHOUT_A_ROW = ['i99dash.removeKey', 'i99dash.replaceKey'];
/** What can do nothing for somebody who is signed out; whatever else needs a session offers to sign in. */
const NEEDS_A_SESSION = [
  'i99dash.signOut',
  'i99dash.unlock',
  'i99dash.removeKey',
  'i99dash.replaceKey',
  'i99dash.rotateApiKey',
  'i99dash.refreshApps',
  'i99op.signOut',
  'i99op.unlock',
];

describe('what package.json contributes', () => {
  const { contributes, icon } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Manifest;
  const { commands, menus } = contributes;
  const code = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
    .join('\n');
  const views = Object.values(contributes.views).flat();

  /** Where a command can be seen in the palette; undefined: everywhere. */
  function inPalette(id: string): string | undefined {
    const { enablement } = commands.find(({ command }) => command === id) ?? {};
    const { when } = menus['commandPalette']?.find(({ command }) => command === id) ?? {};
    return when ?? enablement;
  }

  it('gives every command a title, the realm as its category, and an icon', () => {
    for (const { command, title, category, icon: shown } of commands) {
      assert.match(title, /^%command\.[\w.]+%$/u, command);
      assert.equal(category, command.split('.')[0], command);
      assert.match(shown ?? '', /^\$\([a-z-]+\)$/u, command);
    }
  });

  it('says in every menu where a command belongs', () => {
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

  it('keeps commands that work on a row out of the palette', () => {
    const onRows = new Set(menus['view/item/context']?.map(({ command }) => command));
    assert.ok(onRows.size > 5);
    for (const command of onRows) {
      if (!WITHOUT_A_ROW.includes(command)) {
        assert.equal(inPalette(command), 'false', command);
      }
    }
  });

  it('hides from somebody who is signed out what can do nothing then', () => {
    for (const command of NEEDS_A_SESSION) {
      assert.match(inPalette(command) ?? '', /\.(?:sessionState|credential)\b/u, command);
    }
  });

  it("hides the operators' half until it is switched on", () => {
    const ofOperators = commands.filter(({ category }) => category === 'i99op');
    assert.ok(ofOperators.length > 5);
    for (const { command, enablement } of ofOperators) {
      assert.match(enablement ?? '', /^config\.i99op\.enabled\b/u, command);
    }
  });

  it('asks for no context that nobody sets', () => {
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

  it('declares nothing that the code does not use', () => {
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

  it('names no file that there is not', () => {
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
