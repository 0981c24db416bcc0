import type { CiService } from './gitRemote';
import { assertFitsWorkflow } from './workflowFolder';
import { mustBeIncluded } from './workflowPath';

/** What the pipeline finds the private key under. */
export const SECRET_NAME = 'I99DASH_SSH_KEY';

/**
 * Assumed of the runner, for no public document says how the client is installed: that it has the command, or that whoever reviews the
 * workflow puts the installation here. A guessed package name could be anybody's, on a machine that holds the key.
 */
export const INSTALL_CLIENT = `command -v i99dash || { echo 'Put the command that installs the i99dash client here.'; exit 1; }`;

/** The actions that run beside the key, by commit: a tag can be moved to other code. */
const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const SETUP_NODE = 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0';

/** Above the installation. */
const SCRIPTS_ARE_OFF = '# Without scripts of packages: they would run where the key is used.';

export interface WorkflowOptions {
  /** Where it is to be saved, below the repository's root, with slashes. */
  path: string;
  /** The mini-app below the repository's root, with slashes; '' for the root itself. */
  directory: string;
  /** The command that installs what the build needs, without running scripts of packages; undefined where it needs nothing. */
  installDependencies?: string;
  /** What the key is registered by; one line. */
  keyName: string;
  /** `SHA256:…` */
  fingerprint: string;
}

/**
 * The workflow or pipeline that publishes a mini-app when a version tag is pushed. Deterministic.
 * @throws VALIDATION_FAILED as {@link assertFitsWorkflow}
 */
export function workflowText(service: CiService, options: WorkflowOptions): string {
  assertFitsWorkflow(options.directory);
  return service === 'github' ? githubWorkflow(options) : gitlabPipeline(options);
}

function githubWorkflow({ directory, installDependencies, ...key }: WorkflowOptions): string {
  return `${head(key, 'step "Sign in"')}
name: Publish mini-app

on:
  push:
    tags:
      - 'v[0-9]*'

permissions:
  contents: read

concurrency:
  group: i99dash-publish

jobs:
  publish:
    runs-on: ubuntu-latest
    timeout-minutes: 15
${directory === '' ? '' : `    defaults:\n      run:\n        working-directory: ${JSON.stringify(directory)}\n`}    steps:
      - uses: ${CHECKOUT}
        with:
          persist-credentials: false

      - uses: ${SETUP_NODE}
        with:
          node-version: 22
          package-manager-cache: false

      - name: Check the tag
        run: |
${indent(10, checkTag('GITHUB_REF_NAME'))}
${installDependencies === undefined ? '' : `\n      ${SCRIPTS_ARE_OFF}\n      - name: Install what the build needs\n        run: ${installDependencies}\n`}
      - name: Install the i99dash client
        run: |
          ${INSTALL_CLIENT}

      - name: Sign in
        env:
          ${SECRET_NAME}: \${{ secrets.${SECRET_NAME} }}
        run: |
${indent(10, signIn(`printf '%s\\n' "$${SECRET_NAME}"`, '"$RUNNER_TEMP/i99dash-key"'))}

      - name: Publish
        run: i99dash publish
`;
}

function gitlabPipeline({ path, directory, installDependencies, ...key }: WorkflowOptions): string {
  const script = [
    ...(directory === '' ? [] : [`cd ${shellWord(directory)}`]),
    checkTag('CI_COMMIT_TAG'),
    ...(installDependencies === undefined ? [] : [`${SCRIPTS_ARE_OFF}\n${installDependencies}`]),
    INSTALL_CLIENT,
    signIn(`cat "$${SECRET_NAME}"`, '"$(mktemp)"'),
    'i99dash publish',
  ];
  return `${head(key, 'block with "i99dash login"')}
#
# ${SECRET_NAME} is a CI/CD variable of type File, protected, so that only protected tags have it.
${mustBeIncluded('gitlab', path) ? `# GitLab reads this file when .gitlab-ci.yml has:\n#   include:\n#     - local: ${JSON.stringify(`/${path}`)}\n` : ''}publish-mini-app:
  image: node:22
  timeout: 15 minutes
  resource_group: i99dash-publish
  rules:
    - if: '$CI_COMMIT_TAG =~ /^v[0-9]/'
  script:
${script.map((step) => `    - |\n${indent(6, step)}`).join('\n')}
`;
}

function head(
  { keyName, fingerprint }: Pick<WorkflowOptions, 'keyName' | 'fingerprint'>,
  signInStep: string,
): string {
  return `# Publishes the mini-app to i99dash when a version tag is pushed, such as v1.2.0.
#
# ${SECRET_NAME} is the private half of an SSH key that was made for this repository alone:
#   ${keyName}
#   ${fingerprint}
# To end it, remove that key in the view "SSH Keys" of VS Code, or in the web console.
#
# The other way, for a job that is over soon: give it an access token in I99DASH_TOKEN, and leave
# out the ${signInStep}. The client prefers the token; it lives about 15 minutes.`;
}

/** @param variable of the environment, with the tag */
function checkTag(variable: string): string {
  return `version=$(node -p "require('./manifest.json').version")
if [ "$${variable}" != "v$version" ]; then
  echo "The tag is $${variable}, but manifest.json has version $version."
  exit 1
fi`;
}

/** The key is on the runner's disk for as long as the sign-in takes. */
function signIn(printKey: string, path: string): string {
  return `umask 077
key=${path}
trap 'rm -f "$key"' EXIT
${printKey} | tr -d '\\r' > "$key"
i99dash login --key "$key"
rm -f "$key"`;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function indent(columns: number, text: string): string {
  return text.replace(/^/gmu, ' '.repeat(columns));
}
