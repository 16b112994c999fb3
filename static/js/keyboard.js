// The keys. Which there are stands in the dialog #keys (app/keys.py); this module knows only what the commands do.
// Keys of one letter do nothing while somebody types or a dialog is open, and can be switched off on this device.
const KEY = "leader-keys";
const rows = [...document.querySelectorAll("#keys [data-keys]")];
const choice = document.querySelector("[data-keys-switch]");
let pressed = [];
let pause;

function isOff() {
  try {
    return localStorage.getItem(KEY) === "off";
  } catch {
    return false; // storage can be forbidden: then the keys work
  }
}

function typing(target) {
  return target.isContentEditable || target.matches("input, textarea, select");
}

function search() {
  const field = document.querySelector("[data-search]:is(input)");
  if (!field) return open("palette");
  field.focus();
  field.select();
}

function open(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

function step(by) {
  const links = [...document.querySelectorAll("main tbody :is(th, .cell-title) a")];
  const at = links.indexOf(document.activeElement);
  links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

const COMMANDS = {
  palette: () => open("palette"),
  keys: () => open("keys"),
  search,
  next: () => step(1),
  previous: () => step(-1),
};

function run(row) {
  if (row.dataset.href) location.assign(row.dataset.href);
  else COMMANDS[row.dataset.command]();
}

// A second key may follow within a second.
function press(key) {
  clearTimeout(pause);
  pause = setTimeout(() => (pressed = []), 1000);
  pressed = [...pressed, key];
  const said = () => pressed.join(" ");
  if (!rows.some((row) => `${row.dataset.keys} `.startsWith(`${said()} `))) pressed = [key];
  const row = rows.find((known) => known.dataset.keys === said());
  if (!row) return false;
  pressed = [];
  run(row);
  return true;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    if (!document.getElementById("palette")) return;
    event.preventDefault();
    return open("palette");
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key.length !== 1 || document.querySelector("dialog[open]") || isOff()) return;
  if (press(event.key)) event.preventDefault();
});

if (choice) {
  choice.checked = !isOff();
  choice.addEventListener("change", () => {
    try {
      if (choice.checked || /(^|; )leader_cookies=necessary/.test(document.cookie)) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, "off");
    } catch {
      // the choice holds nowhere then
    }
  });
}
