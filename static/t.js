// Leader's tag: remembers, on this website only, which link brought the visitor, and adds that to the site's own forms.
// <script src=".../t.js" data-site-key="KEY" [data-consent="required"] defer></script>
(function (script) {
  "use strict";
  if (!script || window.leader) return;

  const KEY = "leader";
  const HALF_HOUR = 1800000;
  const YEAR = 31536000000;
  const MARKS = /[?&](utm_\w+|[gw]braid|gad_\w+|\w*cl(ic)?k?id|li_fat_id|rdt_cid|epik|sccid|tblci|dicbo|mc_cid|_hsenc)=./i;
  const SIGNALS = ["ad_storage", "ad_user_data", "ad_personalization"];
  const home = new URL(script.src).origin;
  const privacySignal = navigator.globalPrivacyControl === true;
  const now = Date.now();
  const updated = {};
  const consent = {};
  let state = {};
  let joined = false;
  let told = false;

  const quietly = (work) => {
    try {
      return work();
    } catch {}
  };
  const newId = () =>
    (crypto.randomUUID && crypto.randomUUID()) ||
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  // Where to keep things: this site's storage, or its tab's, or nowhere.
  const store = [() => localStorage, () => sessionStorage].reduce(
    (found, open) =>
      found ||
      quietly(() => {
        const place = open();
        place.setItem(KEY + "_", "1");
        place.removeItem(KEY + "_");
        return place;
      }),
    null,
  );
  const mayStore = () =>
    !privacySignal &&
    consent.ad_storage !== "denied" &&
    (consent.ad_storage === "granted" || script.dataset.consent !== "required");

  function keep() {
    quietly(() => (mayStore() ? store.setItem(KEY, JSON.stringify(state)) : store.removeItem(KEY)));
  }

  // Says once on a page that the tag is there: its path, nothing of the visitor, and nothing while nothing may be kept.
  function tell() {
    if (told || !mayStore()) return;
    told = true;
    quietly(() => navigator.sendBeacon(`${home}/c/${script.dataset.siteKey}/seen`, location.pathname));
  }

  // Google Consent Mode: an update decides; among defaults a "denied" does, for whatever region it was meant.
  function hear(entry) {
    if (!entry || entry[0] !== "consent" || !entry[2]) return;
    for (const name of SIGNALS) {
      const value = entry[2][name];
      if (value !== "granted" && value !== "denied") continue;
      if (entry[1] === "update") updated[name] = consent[name] = value;
      else if (entry[1] === "default" && !updated[name] && (value === "denied" || (!consent[name] && !entry[2].region)))
        consent[name] = value;
    }
  }

  function listen() {
    const layer = (window.dataLayer = window.dataLayer || []);
    quietly(() => Array.from(layer).forEach(hear));
    const push = layer.push;
    layer.push = function (...entries) {
      quietly(() => {
        entries.forEach(hear);
        if (entries.some((entry) => entry && entry[0] === "consent")) remember();
      });
      return push.apply(this, entries);
    };
  }

  const bare = (host) => host.replace(/^www\./, "");
  const isInside = (address) => quietly(() => bare(new URL(address).hostname) === bare(location.hostname)) === true;

  // A visit begins with the first page, with a marked link from elsewhere, or from elsewhere after half an hour. One that
  // came directly tells less than what is known, so it replaces nothing else.
  function look() {
    const inside = isInside(document.referrer);
    const marked = MARKS.test(location.search);
    const touch = { landing_page: location.href, referrer: document.referrer, at: new Date(now).toISOString() };
    const { first, last, seen } = state;
    const again = last && last.landing_page === touch.landing_page && now - seen < HALF_HOUR;
    if (!first) state.first = state.last = touch;
    else if (!inside && !again && (marked || (document.referrer && now - seen > HALF_HOUR))) state.last = touch;
    else if (!inside && !last.referrer && !MARKS.test(last.landing_page) && now - seen > HALF_HOUR) state.last = touch;
    state.seen = now;
    state.visitor_id = state.visitor_id || newId();
  }

  // Read what was kept as soon as that is allowed, so that today's visit joins the earlier ones.
  function remember() {
    if (mayStore() && !joined) {
      const kept = quietly(() => JSON.parse(store.getItem(KEY)));
      if (kept && kept.first && kept.last && now - kept.seen < YEAR) {
        state = kept;
        look();
      }
      joined = true;
    }
    keep();
    tell();
  }

  function context(eventId) {
    const choice = (name) => (privacySignal ? "denied" : consent[name] || "unknown");
    return {
      v: 1,
      client_event_id: eventId || newId(),
      first: state.first,
      last: state.last,
      consent: { ad_user_data: choice("ad_user_data"), ad_personalization: choice("ad_personalization") },
      page: location.href,
      referrer: document.referrer,
      visitor_id: state.visitor_id,
    };
  }

  // The same words sent twice are one lead; other words are another.
  function fill(form) {
    const field = form.querySelector('input[name="leader"]') || document.createElement("input");
    field.remove();
    const words = new URLSearchParams(new FormData(form)).toString();
    if (form.leaderWords !== words) form.leaderEvent = newId();
    form.leaderWords = words;
    field.type = "hidden";
    field.name = "leader";
    field.value = JSON.stringify(context(form.leaderEvent));
    form.append(field);
  }

  quietly(() => {
    listen();
    look();
    remember();
    window.leader = {
      consent: (choices) =>
        quietly(() => {
          hear(["consent", "update", choices]);
          remember();
        }),
      context: () => quietly(context),
    };
    addEventListener(
      "submit",
      (event) => quietly(() => event.target.matches("form[data-leader]") && fill(event.target)),
      true,
    );
    // Leader's own form inside this page asks what is known here.
    addEventListener("message", (event) =>
      quietly(() => {
        if (event.origin === home && event.data === "leader:ask") event.source.postMessage({ leader: context() }, home);
      }),
    );
  });
})(document.currentScript);
