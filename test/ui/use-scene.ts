import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { repositoryRoot } from '../host/paths';
import { findLeftovers } from './known-screen';
import { Scene, type SceneOptions } from './scene';

/** The timeout of a test or a hook in milliseconds, which only a hanging one reaches. */
const NEVER_MS = 300_000;
/** The additional time for a screenshot and for clearing the screen, in milliseconds. */
const CLEANUP_MS = 120_000;

/**
 * Sets up a scene for the length of a suite. Each test begins with a clear screen (no notification,
 * picker, dialog or menu) and must leave it clear: one that leaves something fails, and the next
 * begins with a clear screen again. The error of a failed test names its screenshot.
 * @param options a function when they depend on a scene that is set up before this one
 */
export function useScene(options: SceneOptions | (() => SceneOptions)): Scene {
  let scene: Scene | undefined;
  before(async function () {
    this.timeout(NEVER_MS);
    scene = await Scene.open(typeof options === 'function' ? options() : options);
  });
  beforeEach(function () {
    this.timeout(NEVER_MS);
    guardTest(this.currentTest ?? assert.fail('no test'), scene ?? assert.fail('no scene'));
  });
  after(async function () {
    this.timeout(NEVER_MS);
    await scene?.close();
  });
  // Tests read the members when they run, after the scene has been set up.
  return new Proxy(Object.create(Scene.prototype) as Scene, {
    get: (_target, part) => {
      const current = scene ?? assert.fail('the scene is not set');
      const value: unknown = Reflect.get(current, part);
      return typeof value === 'function' ? (value.bind(current) as unknown) : value;
    },
  });
}

/**
 * Makes a test begin with a clear screen and fail when it does not leave one. This happens within
 * the test, because mocha skips the rest of a suite when a hook fails.
 */
function guardTest(test: Mocha.Test, scene: Scene): void {
  const { fn } = test;
  if (fn === undefined) return;
  // Mocha's timeout is later, so that a hanging test gets its screenshot too.
  test.timeout(NEVER_MS + CLEANUP_MS);
  test.fn = async function (this: Mocha.Context) {
    await scene.prepareTest();
    try {
      await withinTime((fn as Mocha.AsyncFunc).call(this));
      const left = await findLeftovers(scene.workbench.context);
      assert.deepEqual(left, [], `the test left on screen: ${left.join(', ')}`);
    } catch (error) {
      const photo = await photographFailure(scene, test.title);
      throw photo === undefined ? error : withScreenshot(error, photo);
    }
  };
}

async function withinTime<T>(running: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${NEVER_MS / 1000} s`)), NEVER_MS);
  });
  return Promise.race([running, never]).finally(() => clearTimeout(timer));
}

/**
 * Saves a screenshot of a failed test as `failed-….png`.
 * @returns the path within the repository
 */
async function photographFailure(scene: Scene, title: string): Promise<string | undefined> {
  const name = `failed-${title.replace(/[^a-z0-9]+/giu, '-').slice(0, 60)}`;
  const path = await scene.person.photograph(name).catch(() => undefined);
  return path === undefined ? undefined : relative(repositoryRoot, path);
}

/**
 * Appends the screenshot's path to the first line of an error, which the summary at the end of a
 * run repeats.
 */
function withScreenshot(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  const [first = '', ...rest] = error.message.split('\n');
  const message = [`${first} (screenshot: ${path})`, ...rest].join('\n');
  const stack = error.stack?.replace(error.message, () => message);
  return Object.assign(error, { message, ...(stack === undefined ? {} : { stack }) });
}
