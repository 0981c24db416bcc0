import type { CiService } from './gitRemote';

/** Relative to the root of the repository, with slashes. */
const USUAL: Readonly<Record<CiService, string>> = {
  github: '.github/workflows/i99dash-publish.yml',
  gitlab: '.gitlab-ci.yml',
};
/**
 * Used when the default name is taken. GitLab reads this file only if `.gitlab-ci.yml` includes it.
 */
const OTHER: Readonly<Record<CiService, string>> = {
  ...USUAL,
  gitlab: '.gitlab/i99dash-publish.yml',
};

/**
 * Finds the first unused path for a workflow.
 * @param isTaken Receives a path relative to the root of the repository.
 * @returns A path relative to the root of the repository, with slashes.
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

/** Checks whether the service reads the file only if another file includes it. */
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
