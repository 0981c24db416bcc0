import path from 'node:path';
import { repositoryRoot } from '../host/paths';

/** The folder of all coverage results, the HTML pages first. */
export const COVERAGE = path.join(repositoryRoot, 'coverage');
/** The folder in which each process writes its raw coverage. */
export const RAW = path.join(COVERAGE, 'raw');
/** The folder for what tests build with coverage. */
export const WORKERS = path.join(COVERAGE, 'workers');
