#!/usr/bin/env node
// Replaces VS Code's executable: pass this path to `runTests` of @vscode/test-electron as
// `vscodeExecutablePath`.
import { createRequire } from 'node:module';
import { register } from 'tsx/cjs/api';

register();
const { main } = createRequire(import.meta.url)('./launch.ts');
process.exit(await main(process.argv.slice(2)));
