"""How the pages look: one style sheet, nothing loaded from elsewhere."""

STYLE = """
:root { --line: #d1d9e0; --soft: #f6f8fa; --text: #1f2328; --muted: #59636e; --link: #0969da;
  --green: #1a7f37; --red: #d1242f; --purple: #8250df; --amber: #bf8700; }
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; }
body { margin: 0; color: var(--text); background: #fff;
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Arial, sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, .diff { font-family: ui-monospace, SFMono-Regular, "DejaVu Sans Mono",
  "Liberation Mono", monospace; font-size: 12px; }
.top { background: var(--soft); border-bottom: 1px solid var(--line); padding: 14px 24px; }
main { max-width: 1180px; margin: 0 auto; padding: 20px 24px 60px; }
h1 { font-size: 26px; font-weight: 400; margin: 0 0 8px; line-height: 1.25; }
h1 .number, .muted { color: var(--muted); }
h2 { font-size: 18px; margin: 28px 0 10px; }
.state { display: inline-block; color: #fff; border-radius: 2em; padding: 4px 12px;
  font-weight: 500; margin-right: 8px; background: var(--green); }
.state.closed { background: var(--red); }
.state.merged { background: #8250df; }
.state.draft { background: var(--muted); }
.ref { background: #ddf4ff; color: var(--link); border-radius: 6px; padding: 1px 6px;
  font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12px; }
.meta { border-bottom: 1px solid var(--line); padding-bottom: 14px; margin-bottom: 20px; }
.card { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 16px; background: #fff; }
.card > .head { background: var(--soft); border-bottom: 1px solid var(--line); color: var(--muted);
  padding: 8px 14px; border-radius: 6px 6px 0 0; }
.card > .head b { color: var(--text); }
.card:target, .thread .card:target { border-color: var(--link);
  box-shadow: 0 0 0 3px rgba(9, 105, 218, 0.3); }
.bot { border: 1px solid var(--line); border-radius: 2em; padding: 0 7px; font-size: 12px;
  margin-left: 4px; }
.body { padding: 12px 14px; overflow-wrap: break-word; }
.body > :first-child { margin-top: 0; } .body > :last-child { margin-bottom: 0; }
.body p, .body ul, .body ol, .body table, .body pre { margin: 0 0 10px; }
.body ul, .body ol { padding-left: 24px; }
.body h1, .body h2, .body h3 { font-size: 16px; font-weight: 600; margin: 16px 0 8px; }
.body code { background: #eff1f3; border-radius: 6px; padding: 2px 5px; }
.body pre { background: var(--soft); border-radius: 6px; padding: 10px 12px; overflow-x: auto; }
.body pre code { background: none; padding: 0; }
.body blockquote { margin: 0 0 10px; padding: 0 12px; border-left: 4px solid var(--line);
  color: var(--muted); }
.body th, .body td { border: 1px solid var(--line); padding: 4px 10px; }
.body table { border-collapse: collapse; }
.body sub { vertical-align: baseline; font-size: 12px; color: var(--muted); }
.circle { display: inline-block; width: 11px; height: 11px; border-radius: 50%;
  vertical-align: -1px; margin-right: 3px; background: var(--muted); }
.circle.red { background: #d1242f; } .circle.orange { background: #e16f24; }
.circle.yellow { background: #d4a72c; } .circle.green { background: #1a7f37; }
.circle.blue { background: #0969da; } .circle.white { background: #fff;
  border: 1px solid var(--line); }
.check { display: flex; gap: 10px; padding: 12px 14px; }
.check .sign { flex: none; width: 20px; height: 20px; border-radius: 50%; color: #fff;
  text-align: center; font-weight: 700; line-height: 20px; font-size: 13px;
  background: var(--muted); }
.sign.success { background: var(--green) !important; }
.sign.failure, .sign.timed_out { background: var(--red) !important; }
.sign.action_required, .sign.running { background: var(--amber) !important; }
.check .body { padding: 6px 0 0; } .check > div { min-width: 0; flex: 1; }
.file { border: 1px solid var(--line); border-radius: 6px; margin-bottom: 16px; }
.file > summary { background: var(--soft); padding: 8px 14px; border-radius: 6px 6px 0 0;
  cursor: pointer; font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12px; }
.file .plus { color: var(--green); } .file .minus { color: var(--red); }
table.diff { border-collapse: collapse; width: 100%; table-layout: fixed; line-height: 20px; }
.diff td { padding: 0 10px; vertical-align: top; border: 0 !important; }
.diff .number { width: 52px; padding: 0 8px; text-align: right; color: var(--muted);
  user-select: none; }
.diff .code { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
.diff .mark { width: 26px; user-select: none; }
.diff .add { background: #dafbe1; } .diff .add .number { background: #aceebb; }
.diff .del { background: #ffebe9; } .diff .del .number { background: #ffcecb; }
.diff .hunk td { background: #ddf4ff; color: var(--muted); padding-top: 4px; padding-bottom: 4px; }
.diff .talk > td { padding: 10px 14px; border-top: 1px solid var(--line) !important;
  border-bottom: 1px solid var(--line) !important; font: 14px/1.5 -apple-system, "Segoe UI",
  "Noto Sans", "Liberation Sans", Arial, sans-serif; background: #fff; }
.thread { max-width: 820px; } .thread .card { margin-bottom: 8px; }
.note { padding: 12px 14px; color: var(--muted); } .note .body { color: var(--text); }
.suggestion { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 10px;
  overflow: hidden; }
.suggestion-title { background: var(--soft); border-bottom: 1px solid var(--line);
  padding: 5px 12px; font-size: 12px; font-weight: 600; }
.suggestion table.diff { margin: 0; }
.list { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line);
  border-radius: 6px; }
.list li { padding: 10px 14px; border-top: 1px solid var(--line); }
.list li:first-child { border-top: 0; }
@media (max-width: 600px) { main { padding: 14px 10px 40px; } .diff .number { width: 36px;
  padding: 0 4px; } .diff .talk > td { padding: 8px; } }
"""
