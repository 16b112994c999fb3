// The player of a recording: speeds, jumps, and the picture of the sound, which shows the place and leads there.
// Without this script the browser's own player does everything but the picture.

function box(element) {
  return element.closest("[data-recording]");
}

function sound(element) {
  return box(element).querySelector("audio");
}

function show(audio) {
  const played = box(audio).querySelector("[data-played]");
  if (!played || !audio.duration) return;
  const width = played.ownerSVGElement.viewBox.baseVal.width;
  played.setAttribute("width", (width * audio.currentTime) / audio.duration);
}

function setSpeed(button) {
  sound(button).playbackRate = Number(button.dataset.speed);
  for (const each of box(button).querySelectorAll("[data-speed]")) {
    each.setAttribute("aria-pressed", String(each === button));
  }
}

function prepare() {
  for (const keys of document.querySelectorAll("[data-recording] [data-keys][hidden]")) keys.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-recording] button");
  if (button?.dataset.speed) setSpeed(button);
  if (button?.dataset.jump) sound(button).currentTime += Number(button.dataset.jump);
  const wave = event.target.closest("[data-wave]");
  if (!wave) return;
  const audio = sound(wave);
  const { left, width } = wave.getBoundingClientRect();
  const share = (event.clientX - left) / width;
  if (audio.duration) audio.currentTime = share * audio.duration;
  else audio.addEventListener("loadedmetadata", () => (audio.currentTime = share * audio.duration), { once: true });
  audio.play();
});

// These events do not bubble.
for (const name of ["timeupdate", "seeked"]) {
  document.addEventListener(name, (event) => event.target.matches?.("[data-recording] audio") && show(event.target), true);
}

// A part of the page that was replaced brings its player along.
new MutationObserver(prepare).observe(document.getElementById("main"), { childList: true, subtree: true });
prepare();
