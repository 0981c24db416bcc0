/**
 * Must be imported before undici. When undici loads and there is no global dispatcher, it installs
 * its own for every `fetch` of this process. Accessing one of Node.js's fetch classes creates the
 * built-in dispatcher first.
 */
Reflect.get(globalThis, 'Headers');
