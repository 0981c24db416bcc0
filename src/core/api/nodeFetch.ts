/**
 * Import this before undici. When undici loads and nobody has made a global dispatcher yet, it makes its own the one behind every `fetch` of
 * this process. Node.js makes its own as soon as its `fetch` is loaded, which looking at one of its classes does.
 */
Reflect.get(globalThis, 'Headers');
