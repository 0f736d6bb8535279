// What HTML of ours needs beside Gradio: scrolling to cited words, copying, the way back, light and dark.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  let lastChip = null;   // what opened the source, to return to
  let expectSource = false;

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  const nearEnd = box => box.scrollHeight - box.scrollTop - box.clientHeight < 160;

  // The panel beside the text scrolls by itself; below it, on narrow screens, the page does.
  function showSource(panel) {
    const mark = $("mark", panel);
    const heading = $("h2", panel);
    if (heading) heading.focus({preventScroll: true});
    if (panel.scrollHeight > panel.clientHeight && getComputedStyle(panel).overflowY !== "visible") {
      const at = mark ? mark.getBoundingClientRect().top - panel.getBoundingClientRect().top + panel.scrollTop : 0;
      panel.scrollTo({top: Math.max(0, at - panel.clientHeight / 3), behavior: calm()});
    } else {
      (mark || panel).scrollIntoView({block: "center", behavior: calm()});
    }
  }

  function follow(id) {
    const box = $("#scroller");
    if (!box) return;
    const turns = box.querySelectorAll(".turn");
    const last = turns[turns.length - 1];
    if (!last) return;
    if (last.classList.contains("live") || nearEnd(box) || follow.count !== turns.length) {
      if (box.scrollHeight > box.clientHeight + 1) box.scrollTo({top: box.scrollHeight});
      else if (last.classList.contains("live")) last.scrollIntoView({block: "nearest"});
    }
    follow.count = turns.length;
  }

  function shown(element) {
    const panel = element.closest(".source-panel");
    if (panel) {
      if (expectSource) showSource(panel);
      expectSource = false;
    } else if (element.closest("#scroller")) {
      follow();
      markCurrent();
    } else if (element.closest("#briefing-shown")) {
      markCurrent();
    } else if (element.closest("#viewer")) {
      const heading = $("h2", element);
      if (heading) { heading.focus({preventScroll: true}); element.scrollIntoView({block: "nearest", behavior: calm()}); }
    }
  }

  const named = ({turn, n, kind}) => `[data-turn="${turn}"][data-n="${n}"][data-kind="${kind}"]`;

  function markCurrent() {
    for (const chip of document.querySelectorAll(".chip[aria-current]")) chip.removeAttribute("aria-current");
    if (!lastChip) return;
    for (const chip of document.querySelectorAll(`.chip${named(lastChip)}`))
      chip.setAttribute("aria-current", "true");
  }

  function goBack() {
    const chip = lastChip && $(`.chip${named(lastChip)}`);
    if (chip) { chip.focus({preventScroll: true}); chip.scrollIntoView({block: "center", behavior: calm()}); }
  }

  async function copy(button) {
    const words = $(".footnotes", button.parentElement).textContent;
    try {
      await navigator.clipboard.writeText(words);
    } catch {  // without permission, the old way
      const box = Object.assign(document.createElement("textarea"), {value: words});
      button.append(box); box.select(); document.execCommand("copy"); box.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  function setDark(dark) {
    document.body.classList.toggle("dark", dark);
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    const toggle = $("[data-theme-toggle]");
    if (toggle) toggle.setAttribute("aria-pressed", String(dark));
    document.querySelectorAll("iframe.report").forEach(tellScheme);
  }

  // A report lives in a frame of its own origin, which cannot see what was chosen here.
  function tellScheme(frame) {
    frame.contentWindow.postMessage({scheme: document.body.classList.contains("dark") ? "dark" : "light"}, "*");
  }
  document.addEventListener("load", event => {
    if (event.target.matches?.("iframe.report")) tellScheme(event.target);
  }, true);

  document.addEventListener("click", event => {
    const chip = event.target.closest("[data-event='cite']");
    if (chip) { lastChip = {...chip.dataset}; expectSource = true; markCurrent(); }
    const copied = event.target.closest("[data-copy]");
    if (copied) copy(copied);
    if (event.target.closest("[data-back]")) goBack();
    if (event.target.closest("[data-theme-toggle]")) {
      const dark = !document.body.classList.contains("dark");
      localStorage.setItem("dateline-theme", dark ? "dark" : "light");
      setDark(dark);
    }
    const edit = event.target.closest("[data-event='edit']");
    if (edit) setTimeout(() => $("#question textarea")?.focus(), 150);
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && event.target.closest(".source-panel")) goBack();
    // What is drawn is no button of the browser's own.
    const drawn = event.target.closest("svg [data-event]");
    if (drawn && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      drawn.dispatchEvent(new MouseEvent("click", {bubbles: true}));
    }
  });

  function start() {
    const kept = localStorage.getItem("dateline-theme");
    const asked = new URLSearchParams(location.search).get("__theme");
    if (!asked && kept) setDark(kept === "dark");
    else setDark(document.body.classList.contains("dark"));
  }
  // Fields for days begin as plain inputs; the browser's own date field is kinder. They appear as tabs are opened.
  const mend = () => {
    // Its name in Gradio is not what it says, which people who speak to their computer cannot guess.
    for (const drop of document.querySelectorAll(".upload-container[aria-label]")) drop.removeAttribute("aria-label");
    for (const field of document.querySelectorAll(".day-field input:not([type=date])")) field.type = "date";
  };
  new MutationObserver(mend).observe(document, {childList: true, subtree: true});

  const waiting = setInterval(() => { if ($("[data-theme-toggle]")) { clearInterval(waiting); start(); } }, 100);

  window.dateline = {shown};
})();
