/**
 * What is known of a tool that builds pages: where it leaves them, and which folder it copies as it
 * is.
 */
interface BuildTool {
  /** How a script calls it, or which package a project has for it. */
  name: RegExp;
  output: string;
  /** Where pictures lie that are copied. */
  copied: string;
}

/** The first one that fits counts: frameworks stand before the bundlers that they are made of. */
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

/** The usual folders of tools that are not known. */
const UNKNOWN = { output: 'dist', copied: 'public' } as const;

/**
 * What a project's build is made with: the tools that its script calls count before those that it
 * depends on.
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

/** The folder that an option of a build command names; undefined when none does. */
export function outputOfScript(script: string): string | undefined {
  return OUTPUT_OPTION.exec(script)?.[1];
}

/** The folder that a tool's own configuration names; undefined when it names none. */
export function outputOfToolConfig(source: string): string | undefined {
  return OUTPUT_IN_CONFIG.exec(source)?.[2];
}
