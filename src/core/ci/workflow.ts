import type { CiService } from './gitRemote';
import type { PackageCommands } from '../publish/project/packageCommands';
import { assertBuildFits, assertFitsWorkflow } from './workflowFolder';
import { mustBeIncluded } from './workflowPath';

/** Name of the secret that holds the private key. */
export const SECRET_NAME = 'I99DASH_SSH_KEY';

/**
 * Pinned by commit because these actions run in the same job as the key, and a tag can be moved.
 */
const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const SETUP_NODE = 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0';

/** Comment above the installation. */
const SCRIPTS_ARE_OFF = '# Without scripts of packages: they would run where the key is used.';

export interface WorkflowOptions {
  /** Path relative to the root of the repository, with slashes. */
  path: string;
  /** The mini-app relative to the root of the repository, with slashes; '' for the root itself. */
  directory: string;
  packages: PackageCommands;
  /** The command line that builds the mini-app before the client publishes it. */
  build?: string;
  /** The name under which the key is registered. One line. */
  keyName: string;
  /** `SHA256:…` */
  fingerprint: string;
}

/**
 * Renders the workflow or pipeline that publishes a mini-app when a version tag is pushed.
 * Deterministic.
 * @throws VALIDATION_FAILED as {@link assertFitsWorkflow} and {@link assertBuildFits}
 */
export function workflowText(service: CiService, options: WorkflowOptions): string {
  assertFitsWorkflow(options.directory);
  assertBuildFits(options.build ?? '');
  return service === 'github' ? githubWorkflow(options) : gitlabPipeline(options);
}

function githubWorkflow({ directory, packages, build, ...key }: WorkflowOptions): string {
  const { install, client } = packages;
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
${install.length === 0 ? '' : `\n      ${SCRIPTS_ARE_OFF}\n      - name: Install packages\n        run: |\n${indent(10, install.join('\n'))}\n`}${build === undefined ? '' : `\n      - name: Build\n        run: |\n${indent(10, inPackagePath(build, directory))}\n`}
      - name: Sign in
        env:
          ${SECRET_NAME}: \${{ secrets.${SECRET_NAME} }}
        run: |
${indent(10, signInCommands(packages, `printf '%s\\n' "$${SECRET_NAME}"`, '"$RUNNER_TEMP/i99dash-key"'))}

      - name: Publish
        run: ${client} publish
`;
}

function gitlabPipeline({ path, directory, packages, build, ...key }: WorkflowOptions): string {
  const { install, client } = packages;
  const script = [
    ...(directory === '' ? [] : [`cd ${shellWord(directory)}`]),
    checkTag('CI_COMMIT_TAG'),
    ...(install.length === 0 ? [] : [[SCRIPTS_ARE_OFF, ...install].join('\n')]),
    ...(build === undefined ? [] : [`(\n${inPackagePath(build, directory)}\n)`]),
    signInCommands(packages, `cat "$${SECRET_NAME}"`, '"$(mktemp)"'),
    `${client} publish`,
  ];
  return `${head(key, 'block with "login"')}
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

/**
 * Renders the check that the tag matches the manifest.
 * @param variable Environment variable that holds the tag.
 */
function checkTag(variable: string): string {
  return `version=$(node -p "require('./manifest.json').version")
if [ "$${variable}" != "v$version" ]; then
  echo "The tag is $${variable}, but manifest.json has version $version."
  exit 1
fi`;
}

/**
 * Extends PATH as package managers do, so that the build finds commands of packages here and in the
 * folders above.
 */
function inPackagePath(build: string, directory: string): string {
  const parts = directory === '' ? [] : directory.split('/');
  const folders = ['', ...parts].map((_, level) => `$PWD${'/..'.repeat(level)}/node_modules/.bin`);
  return `export PATH="${folders.join(':')}:$PATH"\n${build}`;
}

/**
 * Keeps the key on the runner's disk only during sign-in. A client fetched for it runs no package
 * scripts.
 */
function signInCommands(
  { client, isFetched }: PackageCommands,
  printKey: string,
  path: string,
): string {
  return `umask 077
key=${path}
trap 'rm -f "$key"' EXIT
${printKey} | tr -d '\\r' > "$key"
${isFetched ? 'npm_config_ignore_scripts=true ' : ''}${client} login --key "$key"
rm -f "$key"`;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function indent(columns: number, text: string): string {
  return text.replace(/^/gmu, ' '.repeat(columns));
}
