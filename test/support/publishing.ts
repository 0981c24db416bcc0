import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApiClient } from '../../src/core/api/client';
import { createUndiciTransport } from '../../src/core/http/undiciTransport';
import type { HttpRequest, Transport } from '../../src/core/platform/interfaces';
import type { Problem } from '../../src/core/problem';
import { findStillKind } from '../../src/core/projectFolders';
import { MINI_APP } from '../../src/core/projectKind';
import { KINDS } from '../../src/core/publish/kindDefinitions';
import type { PublishableProject } from '../../src/core/publish/project/project';
import {
  publish,
  type PublishDecision,
  type PublishDeps,
  type PublishOptions,
  type PublishOutcome,
  type PublishPreview,
  type PublishResult,
} from '../../src/core/publish/publish';
import type { Progress } from '../../src/core/publish/stages';
import { shellRunner } from '../../src/core/publish/build/shellRunner';
import type { LoggedRequest } from '../backend/request-log';
import { type Backend, DEFAULT_ACCOUNT, startBackend } from '../backend/server';
import { HastyClock, MemoryLogger } from './fakes';
import { useTempDirectory } from './temp-directory';
import { useTempFolder } from './temp-folder';

/** The sample mini-apps. */
export const MINI_APPS = join(__dirname, '../fixtures/mini-apps');
const THEMES = join(__dirname, '../fixtures/themes');
const run = promisify(execFile);

/** API paths. */
export const UPLOAD_URL = '/api/v1/mini-apps/upload-url';
export const SUBMIT = '/api/v1/mini-apps/submit';

/** Callbacks of a test for the steps of a publish. */
export interface PublishingHooks {
  onProgress: (step: Progress) => void;
  onBuildOutput: () => void;
  /** Called between a response and its caller. */
  afterSend: (request: HttpRequest) => void;
  onBuilt: (problems: readonly Problem[]) => void;
  /** Answers the confirmation; without it, no question is asked. */
  confirm?: (prepared: PublishPreview) => Promise<PublishDecision>;
  mustConfirm?: (prepared: PublishPreview) => boolean;
}

/** A copy of a sample mini-app that is published to its own backend. */
export class Publishing {
  readonly clock = new HastyClock();
  readonly logger = new MemoryLogger();
  readonly progress: Progress[] = [];
  buildOutput = '';
  readonly hooks: PublishingHooks = {
    onProgress: () => undefined,
    onBuildOutput: () => undefined,
    onBuilt: () => undefined,
    afterSend: () => undefined,
  };

  constructor(
    /** The folder with all files of the test. */
    readonly workspace: string,
    /** The mini-app's folder. */
    readonly folder: string,
    readonly backend: Backend,
    /** Lists what the product has left in the system's temporary folder. */
    readonly leftovers: () => Promise<string[]>,
  ) {}

  async publish(
    signal?: AbortSignal,
    options: PublishOptions = { track: 'production' },
  ): Promise<PublishResult & { bundleId: string }> {
    const outcome = await this.outcome(signal, options);
    assert.ok(outcome.kind === 'published', 'the next version is wanted instead');
    return { ...outcome.result, bundleId: outcome.result.bundleId ?? '' };
  }

  /** Publishes, and returns how it ended. */
  async outcome(
    signal?: AbortSignal,
    options: PublishOptions = { track: 'production' },
  ): Promise<PublishOutcome> {
    return publish(await this.load(), options, this.deps(signal));
  }

  /** Reads the project. */
  async load(): Promise<PublishableProject> {
    const kind = (await findStillKind(this.folder)) ?? MINI_APP;
    return KINDS[kind.id].load(this.folder);
  }

  /** Returns what core needs to publish. */
  deps(signal?: AbortSignal): PublishDeps {
    const undici = createUndiciTransport();
    const transport: Transport = {
      send: async (request) => {
        const response = await undici.send(request);
        this.hooks.afterSend(request);
        return response;
      },
    };
    const { state, url } = this.backend;
    const token = state.mintToken({ devId: DEFAULT_ACCOUNT.devId, lifeSeconds: 60 });
    return {
      signal,
      api: new ApiClient(url, transport, { getToken: () => Promise.resolve(token) }),
      transport,
      runner: shellRunner,
      logger: this.logger,
      clock: this.clock,
      lockFolder: join(this.workspace, 'locks'),
      onProgress: (step: Progress) => {
        this.progress.push(step);
        this.hooks.onProgress(step);
      },
      onBuildOutput: (text: string) => {
        this.buildOutput += text;
        this.hooks.onBuildOutput();
      },
      onBuilt: (problems: readonly Problem[]) => this.hooks.onBuilt(problems),
      ...(this.hooks.confirm === undefined ? {} : { confirm: this.hooks.confirm }),
      ...(this.hooks.mustConfirm && { mustConfirm: this.hooks.mustConfirm }),
    };
  }

  /** Writes `sdk.config.json`. */
  async configure(config: object): Promise<void> {
    await writeFile(join(this.folder, 'sdk.config.json'), JSON.stringify(config));
  }

  /** Returns the stages that have begun so far. */
  stages(): string[] {
    return [...new Set(this.progress.map(({ stage }) => stage))];
  }

  /** Returns the requests that change state. */
  changes(): LoggedRequest[] {
    return this.backend.requests.filter(({ method }) => method !== 'GET');
  }

  /** Returns method, path and response status of the requests that change state. */
  wire(): string[] {
    return this.changes().map(({ method, path, status }) => `${method} ${path} ${status ?? '-'}`);
  }

  /** Unpacks the bundle that the backend received and returns the folder. */
  async unpack(bundleId: string): Promise<string> {
    const into = join(this.workspace, `unpacked-${bundleId}`);
    await mkdir(into);
    await run('tar', ['-xzf', this.backend.state.bundles.pathOf(bundleId), '-C', into]);
    return into;
  }

  /** Asserts that a failed attempt left no file behind and submitted nothing. */
  async assertNothingLeft(): Promise<void> {
    assert.deepEqual(await this.leftovers(), []);
    assert.ok(!this.wire().some((line) => line.includes(SUBMIT)), 'nothing is submitted');
  }
}

/** Gives each test of a suite a fresh {@link Publishing}. */
export function usePublishing(
  project: 'tyre-pressure' | 'charge-timer' | 'night-drive',
): () => Publishing {
  const temp = useTempFolder();
  const temporary = useTempDirectory();
  let publishing: Publishing;
  beforeEach(async () => {
    const folder = join(temp.path, project);
    const samples = project === 'night-drive' ? THEMES : MINI_APPS;
    await cp(join(samples, project), folder, { recursive: true });
    // The backend's state is elsewhere, so that the temporary folder contains only the product's
    // files.
    const backend = await startBackend({ stateDir: join(temp.path, 'backend') });
    publishing = new Publishing(temp.path, folder, backend, () => temporary.entries());
  });
  afterEach(() => publishing.backend.close());
  return () => publishing;
}
