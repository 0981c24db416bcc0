// Runs a module as a process's main module, and ends the process's whole group as soon as its parent is gone, however the parent ended.
// usage: node server-process.mjs <module> <arguments…>, as leader of a process group, standard input a pipe that stays open
import { pathToFileURL } from 'node:url';

const endGroup = () => process.kill(-process.pid, 'SIGKILL');
process.stdin.on('end', endGroup).on('error', endGroup).resume();
process.stdin.unref();

const [main] = process.argv.splice(2, 1);
process.argv[1] = main;
await import(pathToFileURL(main).href);
