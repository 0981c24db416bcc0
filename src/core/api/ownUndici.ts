import { globalDispatchers } from './globalDispatchers';
import {
  Agent,
  errors,
  Pool,
  ProxyAgent,
  request,
  type buildConnector,
  type Dispatcher,
} from 'undici';

// When undici loads, it makes an agent of its own the global one where there is none yet: every `fetch` in this process would go through it.
globalDispatchers.restore();

export { Agent, errors, Pool, ProxyAgent, request, type buildConnector, type Dispatcher };
