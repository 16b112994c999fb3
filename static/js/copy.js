// <button data-copy="id of an element"> copies that element's text and says so.

const words = JSON.parse(document.querySelector('meta[name="words"]').content);

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent);
    say(words.copied, "good");
  } catch {
    getSelection().selectAllChildren(source);
    say(words.copy_by_hand, "waiting");
  }
}

function say(message, tone) {
  document.dispatchEvent(new CustomEvent("leader:toast", { detail: { message, tone } }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
