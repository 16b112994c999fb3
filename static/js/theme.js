// Runs before the first paint (a plain script, not a module): sets the theme that this person chose on this device.
// The choice is a preference of the browser, so it stays in localStorage and never reaches the server.
(function () {
  const root = document.documentElement;
  const KEY = "leader-theme";

  // Whoever allowed only what is needed (the page Cookies) keeps no preferences, and loses those from before.
  const mayStore = !/(^|; )leader_cookies=necessary/.test(document.cookie);

  function stored() {
    try {
      if (!mayStore) for (const key of [KEY, "leader-keys"]) localStorage.removeItem(key);
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage can be forbidden: then the device decides
    }
  }

  function remember(theme) {
    try {
      if (theme === "system" || !mayStore) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch {
      // the choice holds for this page only
    }
  }

  function apply(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  }

  function mark() {
    const current = root.dataset.theme || "system";
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current));
    }
  }

  root.dataset.js = "";
  apply(stored());
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    remember(button.dataset.themeChoice);
    apply(button.dataset.themeChoice);
    mark();
  });
})();
