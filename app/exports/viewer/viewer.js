"use strict";
// Shows the rows that this page carries, or those of a file that is chosen. Values reach the page as text only.
(() => {
  const SHOWN = 200;
  const words = JSON.parse(document.getElementById("words").textContent);
  const [table, query, file, summary, target] =
    ["table", "query", "file", "summary", "rows"].map((id) => document.getElementById(id));
  const sheets = [...document.querySelectorAll("[data-sheet]")].map((element) => ({
    ...JSON.parse(element.dataset.sheet), rows: JSON.parse(element.textContent),
  }));
  let turn = 0;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) =>
    typeof values[name] === "number" ? values[name].toLocaleString() : values[name]);
  const asText = (value) =>
    value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const fits = (row, term) => !term || Object.values(row).some((value) => asText(value).toLowerCase().includes(term));

  function draw(columns, rows) {
    const cell = (kind, text) => Object.assign(document.createElement(kind), { textContent: text });
    const line = (cells) => { const row = document.createElement("tr"); row.append(...cells); return row; };
    const heading = line(columns.map((name) => { const head = cell("th", name); head.scope = "col"; return head; }));
    target.replaceChildren(heading, ...rows.map((row) => line(columns.map((name) => cell("td", asText(row[name]))))));
  }

  function tell(text, values) {
    const more = values.found > SHOWN ? " " + fill(words.shown, { shown: SHOWN }) : "";
    summary.textContent = fill(text, values) + more;
  }

  function search() {
    turn += 1;
    if (file.files.length) return searchFile(file.files[0], turn);
    const sheet = sheets[Number(table.value)];
    const found = sheet.rows.filter((row) => fits(row, query.value.trim().toLowerCase()));
    draw(sheet.columns, found.slice(0, SHOWN));
    const held = sheet.rows.length;
    tell(held < sheet.count ? words.newest : words.found, { found: found.length, held, all: sheet.count });
  }

  async function searchFile(chosen, mine) {
    const term = query.value.trim().toLowerCase();
    const found = [];
    let all = 0, hits = 0, rest = "";
    summary.textContent = fill(words.reading, { name: chosen.name });
    const take = (line) => {
      if (!line) return;
      const row = JSON.parse(line);
      all += 1;
      if (fits(row, term)) { hits += 1; if (found.length < SHOWN) found.push(row); }
    };
    try {
      const reader = chosen.stream().pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        if (mine !== turn) return reader.cancel();
        const lines = (rest + part.value).split("\n");
        rest = lines.pop();
        lines.forEach(take);
      }
      take(rest);
    } catch {
      summary.textContent = words.unreadable;
      return;
    }
    draw(found.length ? Object.keys(found[0]) : [], found);
    tell(words.found, { found: hits, all });
  }

  table.append(...sheets.map((sheet, index) => new Option(`${sheet.table} (${sheet.count.toLocaleString()})`, index)));
  table.value = Math.max(0, sheets.findIndex((sheet) => sheet.table === "leads"));
  table.addEventListener("change", () => { file.value = ""; search(); });
  let pause;
  query.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(search, 150); });
  file.addEventListener("change", search);
  query.form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  search();
})();
