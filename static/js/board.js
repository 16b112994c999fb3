// Moves cards of the board: by mouse or finger on the handle, or by arrow keys on it. It only fills in the card's own
// form and sends it, so what a move is stays in one place. A lost card waits for its reason before it is sent.

const board = () => document.getElementById("board");
let drag = null;
let moved = null;

// After a move the board is new; the keyboard stays on the card that was moved.
function show() {
  for (const handle of document.querySelectorAll("[data-handle][hidden]")) handle.hidden = false;
  if (moved) document.getElementById(moved)?.focus();
  moved = null;
}

function send(card, column) {
  const form = card.querySelector("form");
  if (!column || form.stage.value === column.dataset.stage) return;
  form.stage.value = column.dataset.stage;
  moved = card.querySelector("[data-handle]").id;
  if (column.dataset.kind === "lost" && form.reason.options.length > 1) form.reason.focus();
  else form.requestSubmit();
}

function below(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-stage]");
}

function mark(column) {
  for (const each of board().children) each.classList.toggle("is-target", each === column);
}

function end(column) {
  const { card } = drag;
  drag = null;
  card.classList.remove("is-dragged");
  card.style.transform = "";
  mark(null);
  send(card, column);
}

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-handle]");
  if (!handle || event.button !== 0) return;
  drag = { card: handle.closest("[data-card]"), x: event.clientX, y: event.clientY };
  handle.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  drag.card.classList.add("is-dragged");
  drag.card.style.transform = `translate(${event.clientX - drag.x}px, ${event.clientY - drag.y}px)`;
  mark(below(event));
});

document.addEventListener("pointerup", (event) => {
  if (drag) end(below(event));
});

document.addEventListener("pointercancel", () => {
  if (drag) end(null);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drag) end(null);
  const handle = event.target.closest?.("[data-handle]");
  if (!handle || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  event.preventDefault();
  const columns = [...board().children];
  const forward = (event.key === "ArrowRight") === (getComputedStyle(board()).direction === "ltr");
  const here = columns.indexOf(handle.closest("[data-stage]"));
  send(handle.closest("[data-card]"), columns[here + (forward ? 1 : -1)]);
});

document.addEventListener("htmx:afterSwap", show);
show();
