import './nodeFetch';

export {
  Agent,
  errors,
  Pool,
  ProxyAgent,
  request,
  type buildConnector,
  type Dispatcher,
} from 'undici';
