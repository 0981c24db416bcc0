import assert from 'node:assert/strict';
import { Scene, type SceneOptions } from './scene';

/**
 * A scene for the length of a suite. What was on screen when a test failed is kept as `failed-….png`.
 * @param options a function where they depend on a scene that is set before this one
 */
export function useScene(options: SceneOptions | (() => SceneOptions)): Scene {
  let scene: Scene | undefined;
  before(async () => {
    scene = await Scene.open(typeof options === 'function' ? options() : options);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      const title = this.currentTest.title.replace(/[^a-z0-9]+/giu, '-').slice(0, 60);
      await scene?.person.photograph(`failed-${title}`).catch(() => undefined);
    }
  });
  after(() => scene?.close());
  // Tests take the parts out when they run, and the scene is set by then.
  return new Proxy(Object.create(Scene.prototype) as Scene, {
    get: (_target, part) => {
      const current = scene ?? assert.fail('the scene is not set');
      const value: unknown = Reflect.get(current, part);
      return typeof value === 'function' ? (value.bind(current) as unknown) : value;
    },
  });
}
