/** A mail as `preview --format json` has it. */
export interface Mail {
  readonly audience: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly html: string;
}

export interface PreviewPage {
  readonly id: string;
  readonly mails: readonly Mail[];
  readonly audience: string;
  readonly language: string;
  readonly languages: readonly string[];
  /** Why there is no mail; empty where there is one. */
  readonly problem: string;
}

/**
 * The page of the preview. The mail stands in a frame that runs no script and loads nothing but pictures; the page's own
 * script only says which audience and language is wanted.
 */
export function previewPage(page: PreviewPage): string {
  const { mails, audience, problem } = page;
  const mail = mails.find((each) => each.audience === audience) ?? mails[0];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-preview'; img-src https: data:; frame-src 'self' data:">
<style>
  html, body { height: 100%; }
  body { margin: 0; padding: 0; display: flex; flex-direction: column; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); }
  header { padding: 10px 14px; display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; align-items: center; border-bottom: 1px solid var(--vscode-panel-border); }
  header div { overflow-wrap: anywhere; }
  label { color: var(--vscode-descriptionForeground); }
  nav { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 6px 16px; padding-bottom: 4px; }
  nav span { display: inline-flex; gap: 2px; }
  button { border: 0; padding: 3px 10px; cursor: pointer; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
  button[aria-pressed="true"] { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
  iframe { flex: 1; border: 0; background: white; min-height: 300px; }
  pre { padding: 14px; white-space: pre-wrap; color: var(--vscode-errorForeground); }
</style>
</head>
<body>
<header>
<nav>
<span>${choices(
    'audience',
    mails.map((each) => each.audience),
    mail?.audience,
  )}</span>
<span>${choices('language', page.languages, page.language)}</span>
</nav>
${mail ? `<label>To</label><div>${text(mail.recipients.join(', ') || 'nobody')}</div><label>Subject</label><div>${text(mail.subject)}</div>` : ''}
</header>
${mail ? `<iframe sandbox title="The mail" srcdoc="${text(mail.html)}"></iframe>` : `<pre>${text(problem || 'This profile sends no mail.')}</pre>`}
<script nonce="preview">
const editor = acquireVsCodeApi();
for (const button of document.querySelectorAll('button'))
  button.addEventListener('click', () => editor.postMessage({ [button.dataset.kind]: button.dataset.value }));
</script>
</body>
</html>`;
}

function choices(kind: string, values: readonly string[], chosen: string | undefined): string {
  return [...new Set(values)]
    .map(
      (value) =>
        `<button data-kind="${kind}" data-value="${text(value)}" aria-pressed="${value === chosen}">${text(value)}</button>`,
    )
    .join('');
}

function text(plain: string): string {
  return plain.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
