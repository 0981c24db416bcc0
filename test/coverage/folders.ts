import path from 'node:path';
import { repositoryRoot } from '../host/paths';

/** Everything that the count leaves, the pages first. */
export const COVERAGE = path.join(repositoryRoot, 'coverage');
/** Where each process leaves what it ran. */
export const RAW = path.join(COVERAGE, 'raw');
/** What was built to be counted, by tests that build. */
export const WORKERS = path.join(COVERAGE, 'workers');
