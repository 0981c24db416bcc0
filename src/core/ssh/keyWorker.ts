/** Worker thread that derives one key and exits. */
import { parentPort } from 'node:worker_threads';
import { bcryptKey, type BcryptInput } from './formats/bcrypt';

parentPort?.once('message', (input: BcryptInput) => {
  parentPort?.postMessage(bcryptKey(input));
});
