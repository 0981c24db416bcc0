/**
 * The README as it ships: VS Code shows it where no file of the repository is beside it, so what is linked relatively is named, and
 * relative pictures, with what is said of them, are left out. Links within the page and to addresses stay.
 * @param {string} markdown
 */
export function installedReadme(markdown) {
  return markdown
    .replace(/^<picture>.*?<\/picture>\n+/gmsu, '')
    .replace(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n+/gmu, '')
    .replace(/(?<!!)\[([^\]]+)\]\((?!https?:|#)[^)]*\)/gu, '$1');
}
