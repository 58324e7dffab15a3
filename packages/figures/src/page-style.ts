/** @file The style of the pages: one column of text, light and dark, and for print. */
import { Markup } from './markup.ts';

/** The page's style sheet. The figures take their colors from the variables set here. */
export const pageStyle: Markup = new Markup(`<style>
:root {
  color-scheme: light dark;
  --telltale-ground: #ffffff;
  --telltale-ink: #1c2430;
  --telltale-quiet: #5b6675;
  --telltale-curve: #24496b;
  --telltale-gap: #8a94a3;
  --telltale-muted: #aab4c2;
  --telltale-micro: #b93815;
  --telltale-macro: #0b7261;
  --telltale-blink: #5f6b7a;
  --page: #f4f2ee;
  --line: #dcd8d0;
  --doubt: #fdf3dc;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --telltale-ground: #1a2029;
    --telltale-ink: #e8ebf0;
    --telltale-quiet: #a7b1bf;
    --telltale-curve: #9cc7ef;
    --telltale-gap: #8a94a3;
    --telltale-muted: #4b5666;
    --telltale-micro: #ff9470;
    --telltale-macro: #4fd1b5;
    --telltale-blink: #a7b1bf;
    --page: #12161c;
    --line: #303947;
    --doubt: #2e2819;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--page);
  color: var(--telltale-ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
body > header, main, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
body > header { padding-top: 2.5rem; }
.brand { margin: 0; font-weight: 650; letter-spacing: .02em; }
.brand span { color: var(--telltale-quiet); font-weight: 400; }
h1 { margin: .1em 0 0; font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 0 0 .6rem; font-size: 1.25rem; }
h3 { margin: 0; font-size: 1.1rem; }
h4 { margin: 1rem 0 .3rem; font-size: .95rem; }
p { margin: .5rem 0; }
ul { padding-left: 1.2rem; }
code { font: .88em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.facts, footer, figcaption { color: var(--telltale-quiet); }
section {
  margin: 1.25rem 0;
  padding: 1.25rem 1.5rem;
  background: var(--telltale-ground);
  border: 1px solid var(--line);
  border-radius: 10px;
}
.lead { font-size: 1.35rem; line-height: 1.35; font-weight: 600; }
.doubt { padding: .7rem 1rem; background: var(--doubt); border-radius: 8px; }
figure { margin: 0; }
figure > svg { display: block; width: 100%; height: auto; max-width: none; }
figure.wide { overflow-x: auto; }
figure.wide > svg { min-width: 36rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; padding: 0; list-style: none; color: var(--telltale-quiet); }
.micro { --own: var(--telltale-micro); }
.macro { --own: var(--telltale-macro); }
.blink { --own: var(--telltale-blink); }
.legend span { color: var(--own); }
.card { margin-top: 1rem; padding: 1.1rem 0 .4rem; border-top: 3px solid var(--own); }
.card > header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem; }
.number {
  display: inline-block; min-width: 1.7em; padding: 0 .3em; margin-right: .3em;
  border-radius: 1em; text-align: center; background: var(--own); color: var(--telltale-ground);
}
.verdict { margin: 0; padding: .15rem .8rem; border: 2px solid var(--own); border-radius: 2em; font-weight: 650; color: var(--own); }
.verdict span { font-weight: 400; }
.verdict.unsure { border-style: dashed; border-color: var(--telltale-quiet); color: var(--telltale-quiet); }
.shown { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; align-items: start; }
.units { margin: .4rem 0; padding: 0; list-style: none; }
.units .unsure { color: var(--telltale-quiet); }
.quiet { font-size: .85rem; line-height: 1.35; color: var(--telltale-quiet); }
.images { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin: 1rem 0; }
.images img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 6px; background: #000; }
.images .pair { grid-column: span 2; }
.images .pair img { aspect-ratio: 2; }
.images .pixels { image-rendering: pixelated; }
.framed { position: relative; }
.images .wheel { position: absolute; right: 6px; bottom: 6px; width: 24%; border-radius: 50%; border: 1px solid #fff; background: #fff; }
figcaption { margin-top: .3rem; font-size: .85rem; line-height: 1.35; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
tbody th { font-weight: 600; }
thead th { color: var(--telltale-quiet); font-weight: 500; }
.scroll { overflow-x: auto; }
.settings span { margin-right: 1rem; }
.settings { display: flex; flex-wrap: wrap; }
.meter { display: inline-block; width: 6rem; height: .6rem; border-radius: .3rem; background: var(--line); vertical-align: baseline; overflow: hidden; }
.meter span { display: block; height: 100%; background: var(--own); print-color-adjust: exact; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .2rem 1rem; }
dt { color: var(--telltale-quiet); }
dd { margin: 0; }
footer { padding-bottom: 3rem; font-size: .9rem; }
@media print {
  body { background: none; font-size: 10.5pt; }
  section { border: 0; padding: 0; break-inside: auto; }
  .card, figure, tr, li { break-inside: avoid; }
  h2, h3, h2 + p, thead { break-after: avoid; }
  .number, .doubt, .images img { print-color-adjust: exact; }
}
</style>`);
