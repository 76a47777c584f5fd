/** The style of the page: the design tokens of every page, light and dark, without external files. */
export const VERDICT_STYLE = `
:root{color-scheme:light dark;--ground:light-dark(#f7f3ea,#11131a);--stone:light-dark(#ebe4d5,#1b1e28);--ink:light-dark(#1c1a17,#f1ece1);
--ash:light-dark(#635d52,#a9a394);--ember:light-dark(#a93c1a,#ff8a5c);--aegean:light-dark(#1f5a7a,#7cc0e4);--olive:light-dark(#55662b,#b4c878);
--ochre:light-dark(#7a580f,#e2b95a);--line:light-dark(#d8cfbb,#2d3140)}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:400 1rem/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;font-variant-numeric:tabular-nums}
main{max-width:860px;margin:0 auto;padding:32px 16px 72px}
h1,h2{font-family:Marcellus,'Palatino Linotype',Palatino,'URW Palladio L','Noto Serif',Georgia,serif;font-weight:400;line-height:1.2;text-wrap:balance}
h1{font-size:clamp(1.6rem,1.2rem + 2vw,2.4rem);margin:8px 0 24px}
h2{font-size:1.375rem;margin:0 0 12px}
section,figure{border-top:1px solid var(--line);padding-top:20px;margin:0 0 40px}
figcaption,.ash{color:var(--ash)}
.answer p{margin:0 0 12px;max-width:68ch;overflow-wrap:anywhere}
.answer p:first-child{font-size:1.25rem}
.keys{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;padding:0;margin:8px 0 0;font-size:.875rem;color:var(--ash)}
.keys span{display:inline-block;width:16px;height:3px;border-radius:2px;margin-right:8px;vertical-align:middle}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:8px 12px 8px 0;border-bottom:1px solid var(--line)}
td.key{overflow-wrap:anywhere;min-width:14rem;max-width:24rem}td.n,th.n{text-align:right;white-space:nowrap}
.bar{display:block;height:6px;border-radius:3px;background:var(--aegean)}
svg{width:100%;height:auto;display:block;margin-top:12px}
svg .tick{font-size:12px;fill:var(--ash)}svg .grid{stroke:var(--line);stroke-width:1}
code{background:var(--stone);border-radius:4px;padding:0 4px;overflow-wrap:anywhere}
`;
