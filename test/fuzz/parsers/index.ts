import type { Parser } from '../parser';
import * as addresses from './addresses';
import * as agent from './agent';
import * as answers from './answers';
import * as contents from './contents';
import * as keys from './keys';
import * as manifests from './manifests';
import * as projects from './projects';
import * as state from './state';
import * as words from './words';

/** All parsers of untrusted input. */
export const PARSERS: readonly Parser[] = [
  keys,
  agent,
  answers,
  state,
  addresses,
  manifests,
  contents,
  projects,
  words,
].flatMap((parsers) => Object.values<Parser>(parsers));

/** @throws Error that lists the available names */
export function parserNamed(name: string): Parser {
  const found = PARSERS.find((parser) => parser.name === name);
  if (found !== undefined) return found;
  const names = PARSERS.map((parser) => parser.name).join(', ');
  throw new Error(`There is no parser “${name}”. There are: ${names}`);
}
