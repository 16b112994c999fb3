// <button data-copy="id of an element"> copies that element's text and says so.

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent);
    say("Copied.", "good");
  } catch {
    getSelection().selectAllChildren(source);
    say("Your browser did not let us copy. The text is selected: copy it with your keyboard or menu.", "waiting");
  }
}

function say(message, tone) {
  document.dispatchEvent(new CustomEvent("leader:toast", { detail: { message, tone } }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
