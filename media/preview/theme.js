// The page of a theme's preview. The extension sends the theme; see themePreviewPanel.ts.
(() => {
  const vscode = acquireVsCodeApi();
  const byId = (id) => document.getElementById(id);
  const [dark, status, tokens] = [byId('dark'), byId('status'), byId('tokens')];
  const { missing, contrast, low } = document.body.dataset;
  let isDark = vscode.getState()?.isDark === true;
  let theme;

  function setPicture(element, address) {
    element.style.backgroundImage = address === undefined ? '' : `url("${address}")`;
  }

  function drawWallpapers() {
    const { home, homeDark, cluster } = theme.wallpapers;
    dark.disabled = homeDark === undefined;
    const isShown = isDark && homeDark !== undefined;
    dark.setAttribute('aria-checked', String(isShown));
    setPicture(byId('screen'), isShown ? homeDark : home);
    setPicture(byId('cluster'), cluster);
  }

  /** Creates the row of a color, which selects the color in the editor. */
  function createRow(token) {
    const row = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.id = `token-${token}`;
    button.addEventListener('click', () => vscode.postMessage({ token }));
    for (const part of ['swatch', 'token', 'value', 'contrast']) {
      const span = document.createElement('span');
      span.className = part;
      button.append(span);
    }
    button.querySelector('.swatch').style.backgroundColor = `var(--${token})`;
    button.querySelector('.token').textContent = token;
    row.append(button);
    tokens.append(row);
    return button;
  }

  // Rows are kept, so that the focus stays while the theme is typed.
  function drawToken({ token, written, isMissing, contrast: ratio, isLow }) {
    const row = byId(`token-${token}`) ?? createRow(token);
    row.querySelector('.value').textContent = isMissing ? missing : written;
    row.querySelector('.contrast').textContent =
      ratio === undefined ? '' : `${contrast} ${ratio}:1${isLow ? ` (${low})` : ''}`;
    row.classList.toggle('low', isLow);
  }

  dark.addEventListener('click', () => {
    isDark = !isDark;
    vscode.setState({ isDark });
    drawWallpapers();
  });

  window.addEventListener('message', ({ data }) => {
    status.classList.toggle('shown', data.isBroken === true);
    if (data.theme === undefined) {
      return;
    }
    theme = data.theme;
    for (const [name, value] of Object.entries(theme.properties)) {
      document.documentElement.style.setProperty(name, value);
    }
    if (theme.name !== undefined) {
      byId('name').textContent = theme.name;
    }
    theme.tokens.forEach(drawToken);
    drawWallpapers();
    document.body.classList.add('drawn');
  });

  vscode.postMessage({});
})();
