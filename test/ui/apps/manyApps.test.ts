import assert from 'node:assert/strict';
import { DEFAULT_ACCOUNT } from '../../backend/server';
import { addApp } from '../../support/apps';
import { writeFiles } from '../../support/project';
import { AppsView } from '../apps-view';
import { photographEverywhere } from '../screens';
import { signedIn } from '../states';
import { useScene } from '../use-scene';

const LONG = 'Charging Stations Along the Whole Road to the Sea';
const OTHERS = [
  ...['Air Quality', 'Cabin Climate', 'Door Chime', 'Energy Report', 'Fuel Prices'],
  ...['Garage Opener', 'Home Link', 'Idle Timer', 'Journey Planner'],
];

/** The label of a row with a badge. VS Code renders the badge in the style of the label. */
const BADGE =
  '[role="treeitem"][aria-label^="charge-timer"] [class*="monaco-decoration-itemBadge"]';

describe('the Apps view with a dozen apps', () => {
  const scene = useScene({
    album: 'ui/many-apps',
    viewport: { width: 1280, height: 800 },
    miniApps: ['tyre-pressure', 'charge-timer'],
    furnish: (workspace) =>
      writeFiles(workspace, {
        'charge-timer/manifest.json': '{ "id": "charge-timer", "icon": "./icon.svg" }',
      }),
  });
  let view: AppsView;

  beforeEach(() => {
    view = new AppsView(scene.person);
  });

  async function showsApps(): Promise<void> {
    const { state } = scene.backend;
    state.updateAccount(DEFAULT_ACCOUNT.devId, { isDeveloper: true });
    if (state.apps.find('long-road') === undefined) {
      for (const [index, name] of OTHERS.entries()) {
        const appId = name.toLowerCase().replace(' ', '-');
        const beta = { version: '2.2.0-rc.1', daysLeft: 12, testers: 3 };
        addApp(state, {
          ...{ appId, version: `1.${index}.0`, name: { en: name } },
          ...(index === 1
            ? { publishedDaysAgo: 40, review: 'approved' as const, beta }
            : index === 4
              ? { publishedDaysAgo: 9, review: { rejected: 'The icon is a logo.' } }
              : { review: index % 2 === 0 ? ('approved' as const) : ('pending' as const) }),
        });
      }
      addApp(state, { appId: 'long-road', version: '3.1.0', name: { en: LONG } });
    }
    await signedIn(scene);
    await view.open();
    await view.row('Journey Planner').waitFor();
  }

  it("shows the workspace's apps first, with betas and problems in collapsed rows", async () => {
    const { person } = scene;
    await showsApps();
    const rows = view.pane().locator('.monaco-list-row');
    await view.seesRow(/^Charge Timer|^charge-timer.*problems/u);
    assert.match((await rows.first().getAttribute('aria-label')) ?? '', /^This Workspace, 2 apps/u);
    await view.seesRow('Other Apps, 10 apps');
    const timer = view.row('charge-timer');
    await person.page.locator(BADGE).first().waitFor();
    const badge = await person.page.evaluate<string>(
      `getComputedStyle(document.querySelector('${BADGE}'), '::after').content`,
    );
    assert.equal(badge, '"4"');
    assert.match(await timer.innerText(), /unpublished/u);
    const climate = view.row('Cabin Climate');
    assert.match(await climate.innerText(), /approved · beta 2\.2\.0-rc\.1/u);
    await photographEverywhere(person, 'apps');
  });

  it('shows the state of an app with a long name', async () => {
    await showsApps();
    const row = view.row('Charging Stations');
    assert.match(await row.innerText(), /^Charging Stations…/u);
    const state = row.locator('.label-description', { hasText: 'in review' });
    const pane = await view.pane().boundingBox();
    const box = await state.boundingBox();
    assert.ok(pane !== null && box !== null);
    const room = pane.x + pane.width - box.x;
    assert.ok(room > 60, `${room} pixels are left for the state`);
    await view.seesRow(new RegExp(`^${LONG}, 3\\.1\\.0, in review`, 'u'));
  });

  it('selects the app of the active editor on Show App Status', async () => {
    const { person } = scene;
    await showsApps();
    await person.openFile('tyre-pressure/manifest.json');
    await person.runCommand('i99dash: Show App Status');
    const selected = view.pane().locator('.monaco-list-row.selected[aria-label^="Tyre Pressure"]');
    await selected.waitFor();
    await person.photograph('status');
  });
});
