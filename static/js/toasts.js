// Short messages in the corner. Errors stay until closed; the others go after a while, but not while they are read
// (pointer over them, keyboard inside them).

const SECONDS = 6;
const words = JSON.parse(document.querySelector('meta[name="words"]').content);
const region = document.getElementById("toasts");

function icon(name) {
  const known = document.querySelector("svg.icon use");
  const sheet = known ? known.getAttribute("href").split("#")[0] : "/static/icons.svg";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sheet}#${name}`);
  svg.append(use);
  return svg;
}

function retry(again) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--sm";
  button.dataset.toastClose = "";
  button.textContent = words.again;
  button.addEventListener("click", again, { once: true });
  return button;
}

function draw(message, tone, again) {
  const picture = { good: "circle-check", waiting: "triangle-alert", bad: "circle-alert", info: "info" }[tone];
  const toast = document.createElement("div");
  toast.className = `toast toast--${tone}`;
  toast.dataset.toast = tone;
  const text = document.createElement("p");
  text.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--quiet button--icon toast__close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", words.close);
  close.append(icon("x"));
  toast.append(icon(picture), text);
  if (again) toast.append(retry(again));
  toast.append(close);
  return toast;
}

function leaveLater(toast) {
  if (toast.dataset.toast === "bad") return;
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) leaveLater(toast);
    else toast.remove();
  }, SECONDS * 1000);
}

if (region) {
  document.addEventListener("leader:toast", (event) => {
    const { message, tone = "info", again } = event.detail;
    const same = [...region.children].find((toast) => toast.querySelector("p")?.textContent === message);
    same?.remove();
    region.append(draw(message, tone, again));
  });

  region.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest(".toast").remove();
  });

  // Messages come from the page itself, from HTMX answers and from scripts: one watcher serves all three.
  for (const toast of region.children) leaveLater(toast);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.dataset?.toast) leaveLater(node);
    }
  }).observe(region, { childList: true });
}
