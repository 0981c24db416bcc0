export const FIRST_VERSION = '1.0.0';

/** What a new project is made of. */
export interface NewProjectValues {
  id: string;
  /** Trimmed and valid. */
  name: string;
  category: string;
}

/** What should not be in a repository. */
export const GITIGNORE = `node_modules/
dist/
.env
.DS_Store
`;
