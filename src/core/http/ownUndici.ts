import './nodeFetch';

export { Agent, buildConnector, Client, errors, Pool, request, type Dispatcher } from 'undici';
