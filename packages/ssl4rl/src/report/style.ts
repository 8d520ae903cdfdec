/** The look of reports and contact sheets: system fonts, one column of text, light or dark as the reader's system is. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fcfcfb; --raised: #ffffff; --ink: #1c2024; --quiet: #5c6670; --rule: #dde1e5; --grid: #e8ebee;
  --accent: #0b66a8; --before: #7b8590;
  --right: #136f3a; --right-back: #e2f3e8; --wrong: #a8281c; --wrong-back: #fbe9e6; --format: #7a5200; --format-back: #fbf0d5;
  --s0: #0b66a8; --s1: #c2500a; --s2: #0a7f62; --s3: #a8478a; --s4: #7d6a00; --s5: #4d5560;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --raised: #1c2024; --ink: #e6e9ec; --quiet: #9ba5af; --rule: #343a41; --grid: #292f35;
    --accent: #6cb6ee; --before: #8d97a1;
    --right: #7fd6a0; --right-back: #17351f; --wrong: #f4978b; --wrong-back: #401d19; --format: #e8c063; --format-back: #3a2d0e;
    --s0: #6cb6ee; --s1: #f39a5b; --s2: #4fcba6; --s3: #e29bc9; --s4: #d8c24a; --s5: #aab3bd;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; max-width: 1200px; padding: 40px 32px 64px; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
p { margin: 0 0 14px; max-width: 72ch; }
h1 { font-size: 36px; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 10px; overflow-wrap: anywhere; }
h2 { font-size: 22px; letter-spacing: -0.01em; margin: 56px 0 10px; padding-top: 20px; border-top: 1px solid var(--rule); }
h3 { font-size: 15px; margin: 0; }
h4 { font-size: 12px; margin: 12px 0 4px; color: var(--quiet); font-weight: 600; }
small, .quiet { color: var(--quiet); font-size: 13px; }
a { color: var(--accent); text-underline-offset: 3px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px; }
pre {
  margin: 0; padding: 10px 12px; border-radius: 6px; background: var(--page); border: 1px solid var(--rule);
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 420px; overflow-y: auto;
}
summary { cursor: pointer; color: var(--accent); font-size: 13.5px; }
.kicker { margin: 0 0 6px; color: var(--quiet); font-size: 13.5px; }
.lede { font-size: 18px; color: var(--quiet); }
.note { border-left: 4px solid var(--format); background: var(--format-back); padding: 10px 16px; border-radius: 0 6px 6px 0; }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 14.5px; }
header + main > section:first-child h2 { margin-top: 28px; }

.scores { border-collapse: collapse; width: 100%; max-width: 900px; margin-top: 8px; }
.scores th, .scores td { text-align: left; padding: 5px 20px 5px 0; font-weight: normal; vertical-align: middle; white-space: nowrap; }
.scores thead th { color: var(--quiet); font-size: 13px; vertical-align: bottom; border-bottom: 1px solid var(--rule); }
.scores .task th { padding-top: 20px; white-space: normal; }
.scores .task .name { font-weight: 650; margin-right: 10px; }
.scores .asked { color: var(--quiet); font-size: 13.5px; margin-right: 10px; }
.scores .change { font-weight: 650; font-size: 14.5px; }
.scores .figure { display: inline-block; min-width: 3.9em; font-size: 19px; }
.scores .after .figure { font-weight: 700; }
.scores .bar { width: 42%; }
.scores span.scale { display: flex; justify-content: space-between; }
.interval { display: block; width: 100%; height: auto; overflow: visible; }
.interval .scale { stroke: var(--grid); stroke-width: 2; }
.interval .chance { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 3 2.5; }
.interval .range { fill: var(--before); opacity: 0.45; }
.interval .dot { fill: var(--before); }
.interval.after .range, .interval.after .dot { fill: var(--accent); }

.results { overflow-x: auto; margin: 14px 0 18px; }
.results table { border-collapse: collapse; font-size: 14.5px; }
.results caption { text-align: left; font-weight: 650; padding-bottom: 8px; }
.results th, .results td { padding: 5px 0 5px 18px; font-weight: normal; text-align: right; white-space: nowrap; }
.results tr > :first-child { padding-left: 0; text-align: left; }
.results thead { color: var(--quiet); font-size: 13px; border-bottom: 1px solid var(--rule); }
.results thead .group { text-align: center; }
.results .block th { padding-top: 16px; color: var(--quiet); font-size: 13px; }
.results .change, .results .chance { color: var(--quiet); }
.results .best { font-weight: 700; }
.notes { color: var(--quiet); font-size: 13px; padding-left: 18px; }

.charts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 32px 28px; margin-top: 22px; }
figure { margin: 0; min-width: 0; break-inside: avoid; display: flex; flex-direction: column; justify-content: space-between; }
figure.main { grid-column: span 2; grid-row: span 2; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 2px 14px; margin-bottom: 6px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 16px; margin: 0; padding: 0; font-size: 13px; color: var(--quiet); }
.legend .ends { color: var(--ink); white-space: nowrap; }
.key { width: 14px; height: 12px; margin-right: 5px; vertical-align: -1px; }
.chart { display: block; width: 100%; height: auto; }
.chart text { fill: var(--quiet); font-size: 12px; }
.chart .grid { stroke: var(--grid); stroke-width: 1; }
.chart .mark { stroke: var(--quiet); stroke-width: 1; }
.chart .reference { stroke: var(--quiet); stroke-width: 1.2; stroke-dasharray: 5 4; }
.chart .halo { paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
.line, .raw { color: var(--s0); fill: none; }
.line polyline { stroke: currentColor; stroke-width: 2.4; stroke-linejoin: round; stroke-linecap: round; }
.raw polyline { stroke: currentColor; stroke-width: 1; stroke-linejoin: round; opacity: 0.35; }
.line circle, .raw circle, .end { fill: currentColor; }
.end { stroke: var(--page); stroke-width: 1.5; }
.s1 { color: var(--s1); } .s2 { color: var(--s2); } .s3 { color: var(--s3); } .s4 { color: var(--s4); } .s5 { color: var(--s5); }
.narrow { display: none; }

.prompt { margin: 26px 0 0; }
blockquote { margin: 6px 0 16px; padding-left: 14px; border-left: 3px solid var(--rule); white-space: pre-line; max-width: 80ch; color: var(--quiet); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 18px; margin-top: 14px; align-items: start; }
.cards.groups { grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); }
.card { background: var(--raised); border: 1px solid var(--rule); border-radius: 8px; padding: 12px; break-inside: avoid; min-width: 0; }
.pictures { display: flex; flex-wrap: wrap; gap: 6px; }
.picture { position: relative; flex: var(--aspect) 1 calc(var(--aspect) * 70px); max-width: calc(var(--aspect) * 260px); }
.picture img { display: block; width: 100%; height: auto; border-radius: 4px; }
.number {
  position: absolute; left: 5px; top: 5px; min-width: 20px; padding: 0 5px; border-radius: 10px; text-align: center;
  font-size: 12px; line-height: 20px; font-weight: 650; color: #ffffff; background: rgba(0, 0, 0, 0.66);
}
.missing { padding: 24px 12px; border: 1px dashed var(--rule); border-radius: 4px; color: var(--quiet); font-size: 13px; }
svg.graph { max-width: 100%; height: auto; }
svg.graph line { stroke: var(--quiet); stroke-opacity: 0.6; }
svg.graph circle { fill: var(--raised); stroke: currentColor; }
svg.graph .asked circle { fill: currentColor; }
svg.graph .asked text { fill: var(--raised); }
svg.graph text { font-size: 10px; text-anchor: middle; fill: currentColor; }
.answers { margin: 10px 0 8px; }
.answers div { display: grid; grid-template-columns: 100px 1fr; align-items: baseline; padding: 2px 0; }
.answers dt { color: var(--quiet); font-size: 13px; }
.answers dd { margin: 0; overflow-wrap: anywhere; }
.given { font-weight: 650; margin-right: 6px; }
.verdict { display: inline-block; padding: 0 8px; border-radius: 10px; font-size: 12.5px; line-height: 20px; white-space: nowrap; }
.verdict.right { color: var(--right); background: var(--right-back); }
.verdict.wrong { color: var(--wrong); background: var(--wrong-back); }
.verdict.format { color: var(--format); background: var(--format-back); }
.outcomes { list-style: none; margin: 0 0 8px; padding: 0; }
.outcomes li {
  display: grid; grid-template-columns: 34px 1fr auto; align-items: baseline; padding: 4px 0 6px; margin-bottom: 3px;
  background: linear-gradient(var(--before), var(--before)) no-repeat 0 100% / var(--share) 2px, linear-gradient(var(--grid), var(--grid)) no-repeat 0 100% / 100% 2px;
}
.times { font-weight: 650; }
.reward { color: var(--quiet); font-size: 12.5px; }
.source { color: var(--quiet); font-size: 12.5px; margin: 8px 0 0; overflow-wrap: anywhere; }
.card > .source:first-child { margin: 0 0 8px; }
.source .name { color: var(--ink); font-weight: 650; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px 28px; margin: 14px 0 18px; }
.facts dt { color: var(--quiet); font-size: 13px; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.skipped { list-style: none; padding: 0; margin: 0; }
.skipped li { border-top: 1px solid var(--grid); padding: 6px 0; }
.skipped summary { color: var(--ink); font-size: 15px; display: flex; gap: 10px; }
.skipped summary .times { min-width: 3.2em; text-align: right; }
.skipped p { color: var(--quiet); font-size: 13px; margin: 6px 0 4px 3.9em; overflow-wrap: anywhere; }
footer { margin-top: 56px; padding-top: 14px; border-top: 1px solid var(--rule); color: var(--quiet); font-size: 13.5px; }

@media (max-width: 960px) { .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 620px) {
  body { padding: 24px 16px 48px; }
  h1 { font-size: 28px; }
  .charts { grid-template-columns: minmax(0, 1fr); }
  figure.main { grid-column: auto; grid-row: auto; }
  .wide { display: none; }
  .narrow { display: block; }
  .scores, .scores thead, .scores tbody { display: block; }
  .scores tr { display: grid; grid-template-columns: 64px 1fr auto; align-items: baseline; }
  .scores tr > * { padding-right: 0; }
  .scores thead tr { border-bottom: 1px solid var(--rule); }
  .scores thead th { border: 0; }
  .scores .task th { grid-column: 1 / -1; }
  .scores .bar { grid-area: 2 / 2 / 3 / 4; width: auto; padding-top: 0; }
}
@media print {
  :root {
    --page: #ffffff; --raised: #ffffff; --ink: #000000; --quiet: #444444; --rule: #bbbbbb; --grid: #dddddd; --accent: #0b66a8;
    --before: #7b8590; --right: #136f3a; --right-back: #ffffff; --wrong: #a8281c; --wrong-back: #ffffff; --format: #7a5200;
    --format-back: #ffffff; --s0: #0b66a8; --s1: #c2500a; --s2: #0a7f62; --s3: #a8478a; --s4: #7d6a00; --s5: #4d5560;
  }
  body { padding: 0; font-size: 11pt; }
  nav, details:not([open]) { display: none; }
  h2, h3, .prompt blockquote { break-after: avoid; }
  .scores tbody { break-inside: avoid; }
  .verdict { padding-left: 0; }
  .outcomes li { print-color-adjust: exact; }
  .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
  pre { max-height: none; }
}
`;
