import { I99dashError } from '../errors';
import { t } from '../text/l10n';
import { sanitizeLine } from '../text/sanitizeLine';

/**
 * Control characters and line breaks (YAML has more of them than JSON), and the expressions that
 * GitHub and GitLab expand before a job runs.
 */
const UNFIT_FOR_WORKFLOW = /(?!\u200C|\u200D)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\$\{\{|\$\[\[/u;

/**
 * Rejects a folder name that would be interpreted in a workflow.
 * @throws VALIDATION_FAILED
 */
export function assertFitsWorkflow(directory: string): void {
  if (UNFIT_FOR_WORKFLOW.test(directory)) {
    throw new I99dashError(
      'VALIDATION_FAILED',
      t(
        'The folder name "{0}" cannot stand in a workflow: it has control characters or an expression. Rename the folder.',
        sanitizeLine(directory),
      ),
    );
  }
}

/**
 * Rejects a build script that would be interpreted in a workflow.
 * @throws VALIDATION_FAILED
 */
export function assertBuildFits(build: string): void {
  if (UNFIT_FOR_WORKFLOW.test(build.replaceAll(/[\t\n]/gu, ' '))) {
    throw new I99dashError(
      'VALIDATION_FAILED',
      t(
        'The script "publish" in package.json cannot stand in a workflow: it has control characters or an expression. Change the script.',
      ),
    );
  }
}
