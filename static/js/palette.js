// The command palette: pages and actions are filtered here, leads are asked of the table's own search.
const palette = document.getElementById("palette");

if (palette) {
  const input = palette.querySelector("input");
  const list = palette.querySelector('[role="listbox"]');
  const status = palette.querySelector('[role="status"]');
  const fixed = [...list.children];
  let pause;
  let asked;

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const shown = () => [...list.children].filter((option) => !option.hidden);

  [...fixed].forEach((option, number) => (option.id = `palette-${number}`));

  function choose(option) {
    for (const other of list.children) other.setAttribute("aria-selected", String(other === option));
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function filter() {
    const words = plain(input.value).split(/\s+/);
    for (const option of list.children) {
      option.hidden = !option.dataset.lead && !words.every((word) => plain(option.textContent).includes(word));
    }
    choose(shown()[0]);
    status.textContent = shown().length ? "" : status.dataset.none;
  }

  function showLeads(page) {
    for (const old of list.querySelectorAll("[data-lead]")) old.remove();
    const links = [...page.querySelectorAll("#lead-rows th a")].slice(0, 6);
    links.forEach((link, number) => {
      const option = fixed[0].cloneNode(true);
      option.id = `palette-lead-${number}`;
      option.hidden = false;
      option.dataset.lead = "";
      option.dataset.href = link.getAttribute("href");
      option.querySelector("use").setAttribute("href", option.querySelector("use").getAttribute("href").replace(/#.*/, "#user"));
      option.querySelector(".keys__caps")?.remove();
      option.querySelector("span").textContent = link.textContent;
      list.append(option);
    });
    filter();
  }

  async function findLeads() {
    asked?.abort();
    asked = new AbortController();
    const term = input.value.trim();
    if (term.length < 2) return showLeads(new DocumentFragment());
    try {
      const answer = await fetch(`${palette.dataset.search}?q=${encodeURIComponent(term)}`, {
        headers: { "HX-Request": "true" },
        signal: asked.signal,
      });
      if (answer.ok) showLeads(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // a newer question took this one's place, or there is no connection: pages and actions are still there
    }
  }

  function run(option) {
    palette.close();
    if (option?.dataset.href) location.assign(option.dataset.href);
    else if (option) document.querySelector(option.dataset.press)?.click();
  }

  input.addEventListener("input", () => {
    filter();
    clearTimeout(pause);
    pause = setTimeout(findLeads, 250);
  });

  input.addEventListener("keydown", (event) => {
    const options = shown();
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (event.key === "Enter") run(options[at]);
    else if (to === undefined) return;
    else choose(options[(to + options.length) % options.length]);
    event.preventDefault();
  });

  list.addEventListener("click", (event) => run(event.target.closest('[role="option"]')));

  palette.addEventListener("close", () => {
    clearTimeout(pause);
    asked?.abort();
    input.value = "";
    showLeads(new DocumentFragment());
  });

  filter();
}
