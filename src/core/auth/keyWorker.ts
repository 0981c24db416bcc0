/** The entry of the thread that derives one key and ends. */
import { parentPort } from 'node:worker_threads';
import { bcryptKey, type BcryptInput } from './bcrypt';

parentPort?.once('message', (input: BcryptInput) => {
  parentPort?.postMessage(bcryptKey(input));
});
