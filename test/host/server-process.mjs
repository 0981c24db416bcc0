// Runs a module as the process's main module and kills the process group as soon as the parent is
// gone, however it ended. usage: node server-process.mjs <module> <arguments…>, as leader of a
// process group, with a pipe that stays open as standard input
import { pathToFileURL } from 'node:url';

const endGroup = () => process.kill(-process.pid, 'SIGKILL');
process.stdin.on('end', endGroup).on('error', endGroup).resume();
process.stdin.unref();

const [main] = process.argv.splice(2, 1);
process.argv[1] = main;
await import(pathToFileURL(main).href);
