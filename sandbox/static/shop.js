// The cookie strip: asks once, remembers the answer, and tells the tags on the page in the form of Google's Consent Mode.
(() => {
  const KEY = "northgate-consent";
  const PURPOSES = ["ad_user_data", "ad_personalization", "ad_storage", "analytics_storage"];
  window.dataLayer = window.dataLayer || [];

  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is switched off: ask on each page
    }
  };
  const tell = (command, answer) =>
    window.dataLayer.push(["consent", command, Object.fromEntries(PURPOSES.map((purpose) => [purpose, answer]))]);

  const strip = document.getElementById("consent");
  const state = document.querySelector("[data-consent-state]");
  const show = (answer) => {
    strip.hidden = answer !== null;
    if (state) {
      state.textContent = { granted: "You said yes.", denied: "You said no." }[answer] || "You have not chosen yet.";
    }
  };

  tell("default", "denied");
  const before = remembered();
  if (before === "granted" || before === "denied") tell("update", before);
  show(before);

  const buttons = document.querySelector("[data-consent-buttons]");
  if (buttons) buttons.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-consent-choice]");
    if (!button) return;
    const answer = button.dataset.consentChoice;
    try {
      localStorage.setItem(KEY, answer);
    } catch {
      // Not remembered; it still holds for this page.
    }
    tell("update", answer);
    show(answer);
  });
})();
