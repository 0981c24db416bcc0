import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'node:util';
import { isolatedEnvironment } from '../host/environment';
import { repositoryRoot } from '../host/paths';
import { startServer, type Server } from '../host/server';
import { waitUntilStored } from '../host/stored-state';
import { developmentPayload, openWorkbench, type Workbench } from '../host/workbench';
import { buildSuite } from '../support/build-suite';
import { standStill, startControl } from './control';
import { formatGrowth, growthOf, isFlat } from './growth';
import type { SoakPlan } from './plan';
import { REQUEST_VARIABLE, type Action, type LegFigures, type LegRequest } from './protocol';
import { SoakWorld } from './world';

export interface SoakOptions {
  readonly plan: SoakPlan;
  /** The VS Code version, one that the test host knows. */
  readonly version: string;
}

/**
 * Uses the built extension in a real VS Code for as long as the plan says, and prints measurements
 * of its extension host.
 * @returns whether everything stayed within its limits and the planned amount of use was reached
 * @throws Error when a step failed
 */
export async function soak(options: SoakOptions): Promise<boolean> {
  const { plan } = options;
  const world = await SoakWorld.create(plan.tokenLifeSeconds);
  try {
    return await new Soak(world, options).run();
  } finally {
    await world.close();
  }
}

class Soak {
  /** The browser keeps secrets by origin, so the port must stay the same. */
  private port = 0;
  private figures: LegFigures | undefined;

  constructor(
    private readonly world: SoakWorld,
    private readonly options: SoakOptions,
  ) {}

  async run(): Promise<boolean> {
    const { world } = this;
    const { plan } = this.options;
    const control = await startControl((action) => this.perform(action));
    const grown: string[] = [];
    try {
      const suite = await buildSuite(join(__dirname, 'leg.ts'), world.root);
      for (let leg = 1; leg <= plan.legs; leg++) {
        const figures = await this.live(leg, suite, control.url);
        const rows = growthOf(figures);
        const done = `${world.publishes} publishes and ${world.renewals} renewals so far`;
        process.stdout.write(`\nExtension host ${leg} of ${plan.legs}: ${done}\n`);
        process.stdout.write(`${formatGrowth(rows)}\n`);
        grown.push(...rows.filter((row) => !isFlat(row)).map(({ what }) => what));
        if (grown.length > 0) process.stdout.write(`grew: ${grown.join(', ')}\n`);
      }
    } finally {
      await control.close();
    }
    const isEnough =
      world.publishes >= plan.legs * plan.roundsPerLeg && world.renewals >= plan.leastRenewals;
    if (!isEnough) {
      process.stdout.write(`only ${world.publishes} publishes and ${world.renewals} renewals\n`);
    }
    return grown.length === 0 && isEnough;
  }

  /**
   * Runs one life of VS Code's server.
   * @returns the measurements of its extension host
   */
  private async live(leg: number, suite: string, controlUrl: string): Promise<LegFigures> {
    const { root } = this.world;
    const server = await this.startServer({
      ...{ plan: this.options.plan, controlUrl },
      ...(leg === 1 ? { keyPath: this.world.key.path } : {}),
      apps: this.world.apps,
      brokenApp: this.world.brokenApp,
      folders: {
        temporary: join(root, 'tmp'),
        kept: join(root, 'server/data/User/globalStorage/i99dash.i99dash'),
      },
    });
    this.port = server.port;
    this.figures = undefined;
    try {
      const code = await this.useWindow(server, suite);
      const figures = this.figures as LegFigures | undefined;
      if (code !== 0 || figures === undefined) throw new Error('the use of the extension failed');
      return figures;
    } catch (error) {
      process.stderr.write(`${await server.lastLogLines(20)}\n`);
      throw error;
    } finally {
      await server.stop();
    }
  }

  /**
   * Opens a window, runs the suite in it and leaves the window.
   * @returns the suite's exit code
   */
  private async useWindow(server: Server, suite: string): Promise<number> {
    let end: (code: number) => void = () => undefined;
    const ended = new Promise<number>((resolve) => (end = resolve));
    const workbench = await openWorkbench({
      server,
      profileDir: join(this.world.root, 'profile'),
      folder: this.world.workspace,
      payload: developmentPayload(server, { extensions: [repositoryRoot], tests: suite }),
      onLog: (type, entries) => server.log(`[window] [${type}] ${format(...entries)}`),
      onExit: (code) => end(code),
    });
    try {
      const died = server.exited.then((how) => {
        throw new Error(`the server ended with ${how}`);
      });
      const code = await Promise.race([ended, died]);
      await leave(workbench);
      return code;
    } finally {
      await workbench.close();
    }
  }

  private async startServer(request: LegRequest): Promise<Server> {
    const { root, backendUrl } = this.world;
    await mkdir(join(root, 'tmp'), { recursive: true });
    return startServer({
      version: this.options.version,
      serverDataDir: join(root, 'server'),
      extensionsDir: join(root, 'extensions'),
      port: this.port,
      env: {
        ...isolatedEnvironment(join(root, 'home')),
        TMPDIR: join(root, 'tmp'),
        [REQUEST_VARIABLE]: JSON.stringify(request),
      },
      userSettings: {
        'i99dash.backendUrl': backendUrl,
        'i99dash.commands.acceptConfirmed': true,
      },
    });
  }

  private async perform(action: Action): Promise<void> {
    const { world, options } = this;
    switch (action.kind) {
      case 'sleep':
        return standStill(action.pid, action.seconds);
      case 'stopBackend':
        return world.stopBackend();
      case 'startBackend':
        return world.startBackend(options.plan.tokenLifeSeconds);
      case 'revokeTokens':
        world.revokeTokens();
        return;
      case 'awaitRenewals':
        return world.awaitRenewals(action.count);
      case 'report':
        this.figures = action.figures;
    }
  }
}

/** Leaves the window before the browser is closed, so that VS Code persists its state. */
async function leave({ context }: Workbench): Promise<void> {
  for (const page of context.pages()) await waitUntilStored(page);
  for (const page of context.pages()) await page.goto('about:blank');
}
