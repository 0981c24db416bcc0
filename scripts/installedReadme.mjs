/**
 * Returns the README as it ships. VS Code shows it without the repository's files, so relative
 * links become plain text, and relative pictures and their captions are removed. Links within the
 * page and absolute links stay.
 * @param {string} markdown
 */
export function installedReadme(markdown) {
  return markdown
    .replace(/^<picture>.*?<\/picture>\n+/gmsu, '')
    .replace(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n+/gmu, '')
    .replace(/(?<!!)\[([^\]]+)\]\((?!https?:|#)[^)]*\)/gu, '$1');
}
