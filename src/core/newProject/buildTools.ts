/** A tool that builds pages: its output folder, and the folder that it copies unchanged. */
interface BuildTool {
  /** Matches the command in a script, or the package in the dependencies. */
  name: RegExp;
  output: string;
  /** The folder whose files are copied unchanged, such as pictures. */
  copied: string;
}

/** The known tools. The first match wins, so frameworks come before the bundlers that they use. */
const TOOLS: readonly BuildTool[] = [
  { name: /^@sveltejs\/kit$/u, output: 'build', copied: 'static' },
  { name: /^(?:astro|@astrojs\/.*)$/u, output: 'dist', copied: 'public' },
  { name: /^(?:react-scripts|@craco\/craco|craco)$/u, output: 'build', copied: 'public' },
  { name: /^next$/u, output: 'out', copied: 'public' },
  { name: /^(?:nuxt|nuxi)$/u, output: '.output/public', copied: 'public' },
  { name: /^gatsby$/u, output: 'public', copied: 'static' },
  { name: /^(?:@11ty\/eleventy|eleventy)$/u, output: '_site', copied: 'public' },
  { name: /^(?:@docusaurus\/core|docusaurus)$/u, output: 'build', copied: 'static' },
  { name: /^hugo$/u, output: 'public', copied: 'static' },
  { name: /^(?:@stencil\/core|stencil)$/u, output: 'www', copied: 'src' },
  { name: /^(?:@vue\/cli-service|vue-cli-service)$/u, output: 'dist', copied: 'public' },
  { name: /^(?:@rsbuild\/core|rsbuild|vite)$/u, output: 'dist', copied: 'public' },
];

/** The usual folders of unknown tools. */
const UNKNOWN = { output: 'dist', copied: 'public' } as const;

/**
 * Returns the tool that builds a project. Tools that its script calls take precedence over its
 * dependencies.
 */
export function findBuildTool(
  scriptWords: readonly string[],
  packages: readonly string[],
): Pick<BuildTool, 'output' | 'copied'> {
  const fits = (names: readonly string[]) =>
    TOOLS.find(({ name }) => names.some((each) => name.test(each)));
  // SvelteKit and Astro are plugins of the tool that the script calls.
  const framework = TOOLS.slice(0, 2).find(({ name }) => packages.some((each) => name.test(each)));
  return framework ?? fits(scriptWords) ?? fits(packages) ?? UNKNOWN;
}

const OUTPUT_OPTION =
  /(?:^|\s)--?(?:out-?dir|output-path|dist-dir|dest|outDir|output)(?:=|\s+)["']?([^\s"'=;&|]+)/iu;
const OUTPUT_IN_CONFIG = /\b(?:outDir|distDir)\s*:\s*(["'`])([^"'`$]+)\1/u;

/** Returns the output folder from an option of a build command; undefined if there is none. */
export function findScriptOutput(script: string): string | undefined {
  return OUTPUT_OPTION.exec(script)?.[1];
}

/** Returns the output folder from a tool's configuration; undefined if there is none. */
export function findConfigOutput(source: string): string | undefined {
  return OUTPUT_IN_CONFIG.exec(source)?.[2];
}
