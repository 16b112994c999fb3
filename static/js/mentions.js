// Names after an "@" in a note: offered while one types, chosen by arrow keys and Enter, by Tab, or by a click. Without
// this the name is simply typed; the server finds it.

const MOST = 6;
let list = null;

function close() {
  list?.remove();
  if (list) list.owner.removeAttribute("aria-activedescendant");
  list = null;
}

// What stands between the last "@" and the caret, or null where no name is being typed.
function begun(area) {
  const before = area.value.slice(0, area.selectionStart);
  const found = /(^|[^\w.@])@([^@\n]{0,40})$/.exec(before);
  return found ? found[2] : null;
}

function fitting(area, text) {
  const wanted = text.toLocaleLowerCase();
  const names = JSON.parse(area.dataset.mentions);
  return names.filter((name) => name.toLocaleLowerCase().startsWith(wanted) && name.length > text.length).slice(0, MOST);
}

function offer(area) {
  close();
  const text = begun(area);
  const names = text === null ? [] : fitting(area, text);
  if (!names.length) return;
  list = document.createElement("ul");
  list.owner = area;
  list.className = "mention-names";
  list.id = `${area.id}-names`;
  list.setAttribute("role", "listbox");
  names.forEach((name, place) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${place}`;
    option.setAttribute("role", "option");
    option.textContent = name;
    list.append(option);
  });
  area.after(list);
  area.setAttribute("aria-controls", list.id);
  select(0);
}

function select(place) {
  const options = [...list.children];
  list.place = (place + options.length) % options.length;
  options.forEach((option, each) => option.setAttribute("aria-selected", String(each === list.place)));
  list.owner.setAttribute("aria-activedescendant", options[list.place].id);
}

function choose(option) {
  const area = list.owner;
  const start = area.selectionStart - begun(area).length;
  area.setRangeText(`${option.textContent} `, start, area.selectionStart, "end");
  close();
  area.focus();
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-mentions]")) offer(event.target);
});

document.addEventListener("keydown", (event) => {
  if (!list || event.target !== list.owner) return;
  if (event.key === "ArrowDown") select(list.place + 1);
  else if (event.key === "ArrowUp") select(list.place - 1);
  else if (event.key === "Enter" || event.key === "Tab") choose(list.children[list.place]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest(".mention-names [role=option]");
  if (!option) return close();
  event.preventDefault();
  choose(option);
});

document.addEventListener("htmx:beforeSwap", close);
