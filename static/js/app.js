// What every page does with requests: the CSRF header, words when one fails, buttons that show they are busy.
// This is the only module that knows the names of htmx's events. The modules do not import each other (their addresses
// carry a version); they speak through the DOM event "leader:toast" with {message, tone}.

// Sentences in the reader's language, by the status of the answer (0: none came).
const words = JSON.parse(document.querySelector('meta[name="words"]').content);

function say(message, tone, again) {
  document.dispatchEvent(new CustomEvent("leader:toast", { detail: { message, tone, again } }));
}

// What never arrived, or came at a bad moment, can be sent again as it was.
function sayFailure(status, detail) {
  const { verb, path, target, formData } = detail.requestConfig || {};
  const again = () => htmx.ajax(verb, path, { source: detail.elt, target, values: Object.fromEntries(formData) });
  say(words[status] || words.failed, "bad", verb && [0, 429, 503].includes(status) ? again : undefined);
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

// What asks again and again by itself.
function polls(element) {
  return (element.getAttribute("hx-trigger") || "").includes("every");
}

// A poll that failed says nothing: nobody asked for it, and the next one may work.
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!polls(event.detail.elt)) sayFailure(name === "htmx:responseError" ? event.detail.xhr.status : 0, event.detail);
  });
}

// A page that nobody looks at does not poll; it catches up when it is looked at again, at its next turn.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (polls(event.detail.elt) && document.hidden) event.preventDefault();
});

// A choice that sends itself goes back to what is stored when that failed, and remembers it when it did not.
document.addEventListener("htmx:afterRequest", (event) => {
  const choice = event.detail.elt;
  if (!choice.matches("select[hx-post]")) return;
  const stored = [...choice.options].findIndex((option) => option.defaultSelected);
  if (!event.detail.successful) choice.selectedIndex = stored;
  else for (const option of choice.options) option.defaultSelected = option.selected;
});

// After "Undo" or "Try again" the choice in the row follows, and the message with the button goes.
document.addEventListener("leader:moved", (event) => {
  const { address, stage } = event.detail;
  for (const choice of document.querySelectorAll(`select[hx-post="${CSS.escape(address)}"]`)) {
    for (const option of choice.options) option.selected = option.defaultSelected = option.value === stage;
  }
});

document.addEventListener("htmx:afterRequest", (event) => event.detail.elt.closest(".toast")?.remove());

// New rows glide in: those that make way start where they stood, so that nothing jumps under the pointer.
let first = null;
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const row = event.detail.target.id === "lead-rows" ? event.detail.target.firstElementChild : null;
  first = row && { row, top: row.getBoundingClientRect().top };
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (!first) return;
  const way = `translateY(${first.top - first.row.getBoundingClientRect().top}px)`;
  const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1 : 250;
  for (let row = first.row; row; row = row.nextElementSibling) {
    row.animate([{ transform: way }, { transform: "none" }], { duration, easing: "ease-out" });
  }
  first = null;
});

// The choices of a whole page wait for this script, without which they could do nothing.
for (const choice of document.querySelectorAll("select[hx-post]:disabled")) choice.disabled = false;

// A form that leaves the page shows that it is on its way and cannot be sent twice.
document.addEventListener("submit", (event) => {
  // One that downloads a file stays where it is.
  const isDownload = event.target.matches("[data-download]") || event.submitter?.matches("[data-download]");
  if (event.defaultPrevented || event.target.method === "dialog" || isDownload) return;
  event.submitter?.setAttribute("aria-busy", "true");
});

// The back button may bring the same page alive again, busy button and all.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll('button[aria-busy="true"]')) button.removeAttribute("aria-busy");
});

// After a form came back with errors, the keyboard and the screen reader start at their summary.
function focusSummary(root) {
  root.querySelector?.("[data-focus]")?.focus();
}

document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.detail.target));
focusSummary(document);
