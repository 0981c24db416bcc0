import type { CiService } from './gitRemote';

/** Below the repository's root, with slashes. */
const USUAL: Readonly<Record<CiService, string>> = {
  github: '.github/workflows/i99dash-publish.yml',
  gitlab: '.gitlab-ci.yml',
};
/** Where the usual name is taken. GitLab reads such a file only when `.gitlab-ci.yml` includes it. */
const OTHER: Readonly<Record<CiService, string>> = {
  ...USUAL,
  gitlab: '.gitlab/i99dash-publish.yml',
};

/**
 * The first name for a workflow that is free.
 * @param isTaken of a path below the repository's root
 * @returns a path below the repository's root, with slashes
 */
export async function freeWorkflowPath(
  service: CiService,
  isTaken: (path: string) => Promise<boolean>,
): Promise<string> {
  for (let number = 0; ; number++) {
    const path = candidate(service, number);
    if (!(await isTaken(path))) {
      return path;
    }
  }
}

/** True for a file that the service finds only when another one names it. */
export function mustBeIncluded(service: CiService, path: string): boolean {
  return service === 'gitlab' && path !== USUAL.gitlab;
}

function candidate(service: CiService, number: number): string {
  if (number === 0) {
    return USUAL[service];
  }
  const count = USUAL[service] === OTHER[service] ? number + 1 : number;
  return count === 1 ? OTHER[service] : OTHER[service].replace(/\.yml$/u, `-${count}.yml`);
}
