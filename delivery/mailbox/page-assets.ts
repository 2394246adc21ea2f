/** The style of the mailbox's pages. */
export const style = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #667085; --line: #e4e7ec; --ground: #ffffff; --raised: #f6f7f9; --link: #1757c2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #2c3444; --ground: #12161f; --raised: #1a202c; --link: #84b3ff; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
header, main { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 20px; padding-bottom: 12px; }
h1 { margin: 0; font-size: 22px; unicode-bidi: isolate; overflow-wrap: anywhere; }
header p { margin: 0 0 8px; }
.note, small { color: var(--soft); }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
input[type=search] { width: 100%; padding: 9px 12px; font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--soft); }
th, td { padding: 9px 12px 9px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th:nth-child(1) { width: 205px; } th:nth-child(3) { width: 25%; } th:nth-child(4) { width: 150px; }
tbody tr:hover { background: var(--raised); }
.when { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.subject a { display: block; font-weight: 600; unicode-bidi: isolate; }
.start { display: -webkit-box; -webkit-line-clamp: 1; -webkit-box-orient: vertical; overflow: hidden; color: var(--soft); font-size: 13px; unicode-bidi: isolate; }
.to span { display: block; unicode-bidi: isolate; }
.workflow { display: block; font-size: 13px; }
.empty { padding: 40px 0; text-align: center; color: var(--soft); }
dl { display: grid; grid-template-columns: 110px 1fr; gap: 4px 16px; margin: 8px 0 20px; }
dt { color: var(--soft); } dd { margin: 0; unicode-bidi: isolate; overflow-wrap: anywhere; }
code { font: 13px ui-monospace, monospace; }
.parts > input { position: absolute; opacity: 0; }
.parts > label { display: inline-block; padding: 6px 14px; border: 1px solid transparent; border-radius: 8px 8px 0 0; color: var(--soft); cursor: pointer; }
.parts > input:checked + label { color: var(--ink); font-weight: 600; border-color: var(--line); border-bottom-color: var(--ground); }
.parts > input:focus-visible + label { outline: 2px solid var(--link); }
.parts > iframe, .parts > pre { display: none; width: 100%; margin: 0 0 32px; border: 1px solid var(--line); border-radius: 0 8px 8px 8px; }
.parts > iframe { height: 760px; background: #ffffff; }
.parts > pre { padding: 18px; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--raised); font: 13px/1.5 ui-monospace, monospace; }
#html:checked ~ .html, #text:checked ~ .text, #raw:checked ~ .raw { display: block; }
`;

/** Keeps the list fresh without a reload, so that no search and no scrolling is lost. */
export const liveScript = `
setInterval(async () => {
  if (document.hidden) return;
  try {
    const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html').getElementById('mails');
    const shown = document.getElementById('mails');
    if (fresh && shown.innerHTML !== fresh.innerHTML) shown.innerHTML = fresh.innerHTML;
  } catch {}
}, 2000);
`;
