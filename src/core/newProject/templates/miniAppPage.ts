import { escapeHtml } from '../../text/escapeHtml';

/** Returns the page of a new mini-app. It loads nothing from the network. */
export function newPage(name: string): string {
  const title = escapeHtml(name);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="icon" href="icon.svg" />
    <link rel="stylesheet" href="style.css" />
  </head>
  <body>
    <main>
      <header>
        <img src="icon.svg" alt="" width="112" height="112" />
        <div>
          <h1><bdi>${title}</bdi></h1>
          <p data-text="intro"></p>
        </div>
      </header>
      <section aria-labelledby="host">
        <h2 id="host" data-text="host"></h2>
        <p id="status" role="status"></p>
        <dl id="context"></dl>
      </section>
    </main>
    <script src="app.js"></script>
  </body>
</html>
`;
}

/** The style of a new mini-app: large enough for a car, light and dark, in both directions. */
export const STYLE = `:root {
  --background: #f3f5f9;
  --card: #ffffff;
  --line: #d9dfe8;
  --text: #131a24;
  --quiet: #526072;
  --good: #12805c;
  color-scheme: light dark;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}

@media (prefers-color-scheme: dark) {
  :root {
    --background: #0b0f14;
    --card: #151c26;
    --line: #2a3442;
    --text: #eef3f8;
    --quiet: #a3b1c1;
    --good: #5fd3a8;
  }
}

* {
  box-sizing: border-box;
}

body {
  display: flex;
  min-height: 100vh;
  margin: 0;
  background: var(--background);
  color: var(--text);
  font-size: 22px;
  line-height: 1.5;
}

main {
  width: min(880px, 100%);
  margin: auto;
  padding: 32px;
}

header {
  display: flex;
  gap: 28px;
  align-items: center;
  margin-bottom: 36px;
}

header img {
  flex: none;
}

h1,
h2,
p,
dl,
dd {
  margin: 0;
}

h1 {
  font-size: 44px;
  line-height: 1.2;
  overflow-wrap: anywhere;
}

h2 {
  font-size: 26px;
}

header p,
#status,
dt {
  color: var(--quiet);
}

section {
  padding: 28px 32px;
  border: 1px solid var(--line);
  border-radius: 24px;
  background: var(--card);
}

#status {
  margin-top: 8px;
}

#status[data-host="true"] {
  color: var(--good);
}

dl > div {
  display: flex;
  gap: 24px;
  justify-content: space-between;
  padding: 14px 0;
  border-top: 1px solid var(--line);
}

dl > div:first-child {
  margin-top: 20px;
}

dl > div:last-child {
  padding-bottom: 0;
}

dd {
  overflow-wrap: anywhere;
  text-align: end;
}
`;
