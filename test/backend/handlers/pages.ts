import { createHash } from 'node:crypto';
import type { BackendResponse, Handler, Route } from '../exchange';
import type { RegisteredKey } from '../state/model';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f4f5f7; color: #1c2430 }
main { max-width: 44rem; margin: 3rem auto; padding: 2rem; background: #fff; border-radius: 12px;
  box-shadow: 0 1px 4px #0002 }
h1 { font-size: 1.4rem; margin-top: 0 } p.hint, li span { color: #5b6675; font-size: .9rem }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600 } code { font-size: .85rem }
input, textarea { box-sizing: border-box; width: 100%; padding: .6rem; border-radius: 6px;
  border: 1px solid #c3cad4; font: .9rem ui-monospace, monospace }
button { margin-top: 1rem; padding: .6rem 1.2rem; border: 0; border-radius: 6px; cursor: pointer;
  background: #1f5fd6; color: #fff; font-size: 1rem } button.quiet { background: #5b6675 }
#message { margin-top: 1rem; min-height: 1.5rem }`;

/** Sends a form as JSON with the value of the pressed button, and shows the result. */
const SCRIPT = `
const form = document.querySelector('form');
const message = document.querySelector('#message');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  const response = await fetch(form.dataset.to, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  const answer = await response.json();
  if (answer.success && form.dataset.reload) location.reload();
  else message.textContent = answer.success ? form.dataset.done : answer.error.message;
});`;

/** Replaces the web console's page Account → SSH keys. */
const sshKeys: Handler = (_request, { state }) => {
  const keys = state.accounts.list().flatMap(({ devId }) => state.accounts.keysOf(devId));
  return page(
    'SSH keys',
    `<p class="hint">The first key of a machine is registered here; the rest can come from the editor.</p>
<ul>${keys.map(keyItem).join('') || '<li>No keys yet.</li>'}</ul>
<form data-to="/_dev/keys" data-reload="yes">
<label for="name">Name</label><input id="name" name="name" value="my computer" maxlength="80" required>
<label for="key">Public key</label>
<textarea id="key" name="publicKey" rows="4" placeholder="ssh-ed25519 AAAA… comment" required></textarea>
<button>Add SSH key</button></form>`,
  );
};

/** The page on which a user approves a device code. */
const device: Handler = (request) =>
  page(
    'Connect a device',
    `<form data-to="/_dev/device" data-done="Done. You can close this page.">
<label for="code">Code</label>
<input id="code" name="userCode" value="${escape(request.query.get('user_code') ?? '')}" required>
<button name="decision" value="approve">Approve</button>
<button name="decision" value="deny" class="quiet">Deny</button></form>`,
  );

function keyItem({ name, fingerprint, purpose, devId }: RegisteredKey): string {
  const details = `${escape(devId)}, ${purpose}`;
  return `<li>${escape(name)} <span>(${details})</span><br><code>${escape(fingerprint)}</code></li>`;
}

function page(title: string, content: string): BackendResponse {
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>${content}<div id="message" role="status"></div></main>
<script>${SCRIPT}</script></body></html>`;
  const policy = [
    "default-src 'none'",
    "connect-src 'self'",
    `style-src '${sourceHash(STYLE)}'`,
    `script-src '${sourceHash(SCRIPT)}'`,
  ];
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
  };
  return { status: 200, headers, body };
}

function sourceHash(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const pageRoutes: readonly Route[] = [
  { method: 'GET', pattern: '/account/ssh-keys', handler: sshKeys },
  { method: 'GET', pattern: '/device', handler: device },
];
